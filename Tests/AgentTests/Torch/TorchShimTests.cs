using System.Text;
using Agents.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Torch;

/// <summary>
/// TorchSharp's library is loaded as its package brings it: nothing that only our own build could do prepares it, so programs that were
/// built anywhere run as the tests do, on Debian 12 too.
/// </summary>
public sealed class TorchShimTests
{
    private static string Library =>
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    [Fact]
    public void Weaken_LibraryOfTheOutput_FindsANeedThatNoBuildHasMarked()
    {
        byte[] original = File.ReadAllBytes(Library);
        byte[] weakened = (byte[])original.Clone();

        int marked = TorchShim.Weaken(weakened, "GLIBCXX_3.4.32"u8);

        Assert.Equal(1, marked);
        (byte Before, byte After)[] changed = [.. original.Zip(weakened).Where(pair => pair.First != pair.Second)];
        Assert.Equal([(0, 2)], changed); // VER_FLG_WEAK
        Assert.Equal(0, TorchShim.Weaken(weakened, "GLIBCXX_3.4.32"u8));
    }

    [Fact]
    public void Weaken_VersionThatIsNotNeeded_ChangesNothing()
    {
        byte[] original = File.ReadAllBytes(Library);
        byte[] weakened = (byte[])original.Clone();

        Assert.Equal(0, TorchShim.Weaken(weakened, Encoding.ASCII.GetBytes("GLIBCXX_9.9.9")));
        Assert.Equal(original, weakened);
    }

    [Fact]
    public void Configure_LibraryOfThePackage_Computes()
    {
        TorchRuntime.Configure();
        using var scope = NewDisposeScope();

        Assert.Equal(3, ones(2).Plus(ones(2).Times(0.5)).sum().item<float>());
    }
}
