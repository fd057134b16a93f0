using Protos.Foreign;

namespace Environments.Rendering.Animation;

/// <summary>Lets a film be written beside its place and moves it there when it ends, so that two recorders never write one file.</summary>
internal sealed class ReplacingWriter : IAnimationWriter
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly IAnimationWriter _inner;
    private bool _disposed;

    /// <summary>A film that will lie at <paramref name="path"/>.</summary>
    /// <param name="path">Destination; an existing file is replaced.</param>
    /// <param name="create">Starts the film at the path that it is given.</param>
    public ReplacingWriter(string path, Func<string, IAnimationWriter> create)
    {
        _path = Path.GetFullPath(path);
        string name =
            $".{Path.GetFileNameWithoutExtension(path)}.tmp-{Guid.NewGuid().ToString("N")[..8]}{Path.GetExtension(path)}";
        _temporary = Path.Combine(Path.GetDirectoryName(_path)!, name);
        _inner = DiskFailure.Writing(path, () => create(_temporary));
    }

    /// <inheritdoc/>
    public int Frames => _inner.Frames;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> rgba) => _inner.Add(rgba);

    /// <summary>Ends the film and puts it in its place; where that fails, nothing of it remains.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        try
        {
            _inner.Dispose();
            if (File.Exists(_temporary)) // of a picture without a frame there is no file
            {
                DiskFailure.Writing(_path, () => File.Move(_temporary, _path, overwrite: true));
            }
        }
        finally
        {
            File.Delete(_temporary);
        }
    }
}
