using System.Globalization;
using System.Text;
using Protos.Foreign;

namespace Cli.Fleet;

/// <summary>Lists acknowledged unrolls, one a line; each line is with the operating system before the next unroll, so that it outlives a kill.</summary>
internal sealed class AuditFile(string path, string actor) : IDisposable
{
    private readonly FileStream _stream = DiskFailure.Writing(
        path,
        () => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0)
    );

    public void Add(long incarnation, long number) =>
        _stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{actor} {incarnation} {number}\n")));

    public void Dispose() => _stream.Dispose();
}
