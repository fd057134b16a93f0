using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Environments.Processes;
using Protos.Foreign;

namespace Environments.Rendering.Animation;

/// <summary>Pipes raw pictures into the program <c>ffmpeg</c>, which makes an H.264 film of them. Owns the process.</summary>
internal sealed class FfmpegWriter : IAnimationWriter
{
    // ffmpeg encodes some pictures late and moves the film's table to its front; it is never silent for as long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _path;
    private readonly byte[] _picture;
    private bool _disposed;

    /// <summary>Starts <paramref name="program"/>; sides are padded to even numbers, which H.264 needs.</summary>
    /// <exception cref="NotSupportedException">The program is not installed.</exception>
    public FfmpegWriter(string path, int width, int height, double framesPerSecond, string program = "ffmpeg")
    {
        _path = path;
        _picture = new byte[width * height * 4];
        string rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            .. (string[])["-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba"],
            .. (string[])["-s", $"{width}x{height}", "-r", rate, "-i", "-"],
            .. (string[])["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-pix_fmt", "yuv420p"],
            .. (string[])["-movflags", "+faststart", "-f", "mp4", path],
        ];
        try
        {
            string file = Programs.Find(program) ?? throw new Win32Exception($"{program} is not on the PATH.");
            var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardError = true };
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new NotSupportedException(
                $"MP4 films are made by the program {program}, which was not found. Install it, or name a .gif file.",
                exception
            );
        }
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <inheritdoc/>
    public int Frames { get; private set; }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> rgba)
    {
        if (rgba.Length != _picture.Length)
        {
            throw new ArgumentException($"A picture has {_picture.Length} bytes; {rgba.Length} were given.", nameof(rgba));
        }
        rgba.CopyTo(_picture);
        try
        {
            if (!_process.StandardInput.BaseStream.WriteAsync(_picture, 0, _picture.Length).Wait(Patience))
            {
                ChildProcess.Kill(_process);
                throw Failed(null);
            }
        }
        catch (AggregateException exception) when (exception.InnerException is IOException cause)
        {
            throw Failed(cause);
        }
        Frames++;
    }

    /// <summary>Ends the film and waits for the program.</summary>
    /// <exception cref="IOException">The program failed; the message is its own.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already; its exit code says more.
        }
        if (!_process.WaitForExit(Patience))
        {
            ChildProcess.Kill(_process);
        }
        IOException? failure = _process is { HasExited: true, ExitCode: 0 } ? null : Failed(null);
        _process.Dispose();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private IOException Failed(Exception? cause)
    {
        string said = ChildProcess.Said(_errors).Trim();
        string why = said.Length > 0 ? said : $"it did nothing for {Patience.TotalMinutes:0} minutes, or was stopped";
        return new IOException($"ffmpeg could not write '{_path}': {why}", cause);
    }
}
