using Environments.Rendering.Animation;
using Xunit;

namespace Tests.EnvironmentTests.Rendering.Animation;

/// <summary>The pipe, with scripts in the place of the program.</summary>
public sealed class FfmpegWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Script(string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is of a Unix shell.");
        string path = _folder.In("program");
        File.WriteAllText(path, "#!/bin/sh\n" + body);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        return path;
    }

    [Fact]
    public void Add_Pictures_ArriveAsRawBytesWithTheirSizeAndSpeed()
    {
        string program = Script("for last; do :; done\necho \"$@\" > \"$last.txt\"\ncat > \"$last\"\n");
        byte[] first = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        byte[] second = [.. first.Reverse()];

        using (var writer = new FfmpegWriter(_folder.In("film.mp4"), 3, 2, 7.5, program))
        {
            writer.Add(first);
            writer.Add(second);
            Assert.Equal(2, writer.Frames);
            Assert.Throws<ArgumentException>(() => writer.Add(new byte[3]));
        }

        Assert.Equal([.. first, .. second], File.ReadAllBytes(_folder.In("film.mp4")));
        string arguments = File.ReadAllText(_folder.In("film.mp4.txt"));
        Assert.Contains("-f rawvideo -pix_fmt rgba -s 3x2 -r 7.5 -i -", arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_ProgramThatFails_ThrowsWithItsMessage()
    {
        var writer = new FfmpegWriter("film.mp4", 3, 2, 10, Script("cat > /dev/null\necho 'no codec' >&2\nexit 3\n"));
        writer.Add(new byte[24]);
        var error = Assert.Throws<IOException>(writer.Dispose);
        Assert.Contains("'film.mp4': no codec", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutTheProgram_SaysWhatIsMissing()
    {
        var error = Assert.Throws<NotSupportedException>(() => new FfmpegWriter("film.mp4", 4, 4, 10, "no-such-program"));
        Assert.Contains("no-such-program, which was not found", error.Message, StringComparison.Ordinal);
    }
}
