using Environments;
using Environments.MuJoCo.Engine;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

/// <summary>These run without MuJoCo, too.</summary>
public sealed class MuJoCoInstallationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_FolderWithoutMuJoCo_SaysWhatIsMissingAndHowToInstallIt()
    {
        var error = Assert.Throws<MuJoCoUnavailableException>(() => MuJoCoInstallation.Find(_folder.Path));
        Assert.Contains($"no include/mujoco/mujoco.h in {_folder.Path} (MUJOCO_PATH)", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libmujoco-dev", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Find_HeadersWithoutALibrary_SaysThatTheLibraryIsMissing()
    {
        WriteHeader(320);
        var error = Assert.Throws<MuJoCoUnavailableException>(() => MuJoCoInstallation.Find(_folder.Path));
        Assert.Contains("no libmujoco in lib", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lib/libmujoco.so.3.2.0", 320)]
    [InlineData("libmujoco.so.3.5.0", 3005000)]
    [InlineData("lib/libmujoco.3.2.0.dylib", 320)]
    public void Find_LayoutsOfReleaseAndPythonPackage_AreUnderstood(string library, int version)
    {
        WriteHeader(version);
        string file = System.IO.Path.Combine(_folder.Path, library);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        File.WriteAllText(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "libmujoco_simulate.so"), "");
        Assert.Equal(
            new MuJoCoInstallation(System.IO.Path.Combine(_folder.Path, "include"), file, version),
            MuJoCoInstallation.Find(_folder.Path)
        );
    }

    [Fact]
    public void Find_VersionThatIsTooOld_SaysSo()
    {
        WriteHeader(210);
        File.WriteAllText(System.IO.Path.Combine(_folder.Path, "libmujoco.so.2.1.0"), "");
        var error = Assert.Throws<MuJoCoUnavailableException>(() => MuJoCoInstallation.Find(_folder.Path));
        Assert.Contains("version 210", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_HeadersThatDoNotFit_TellsTheCompilersFirstError()
    {
        WriteHeader(320); // no declarations at all
        string library = System.IO.Path.Combine(_folder.Path, "libmujoco.so.3.2.0");
        File.WriteAllText(library, "");
        var error = Assert.Throws<MuJoCoUnavailableException>(() =>
            MuJoCoShimBuilder.Build(MuJoCoInstallation.Find(_folder.Path))
        );
        Assert.Contains("error", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Specs_WithoutTheEngine_AreKnown()
    {
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find("Humanoid-v5");
        Assert.Equal(348, spec.ObservationSpace.Size);
        Assert.Equal(17, spec.ActionSpace.Size);
        Assert.Equal(113, spec.RandomReturn);
    }

    private void WriteHeader(int version)
    {
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, "include", "mujoco")).FullName;
        File.WriteAllText(System.IO.Path.Combine(folder, "mujoco.h"), $"// header\n#define mjVERSION_HEADER {version}\n");
    }
}
