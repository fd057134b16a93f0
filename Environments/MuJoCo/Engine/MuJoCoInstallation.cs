using System.Globalization;
using System.Text.RegularExpressions;

namespace Environments.MuJoCo.Engine;

/// <summary>Where MuJoCo lies on this machine.</summary>
/// <param name="IncludeFolder">Folder that holds <c>mujoco/mujoco.h</c>.</param>
/// <param name="LibraryFile">The shared library.</param>
/// <param name="Version">What the headers call <c>mjVERSION_HEADER</c>: 222 for 2.2.2.</param>
internal sealed partial record MuJoCoInstallation(string IncludeFolder, string LibraryFile, int Version)
{
    /// <summary>Environment variable that names a folder as a release has it, or as the Python package has it.</summary>
    public const string PathVariable = "MUJOCO_PATH";

    private const int OldestVersion = 222;

    private static readonly string[] Prefixes = ["/usr", "/usr/local", "/opt/homebrew"];

    /// <summary>The installation that <see cref="PathVariable"/> names, else the system's.</summary>
    /// <exception cref="MuJoCoUnavailableException">There is none, or it is too old.</exception>
    public static MuJoCoInstallation Find() => Find(Environment.GetEnvironmentVariable(PathVariable));

    /// <summary>The installation in a folder, or the system's where <paramref name="path"/> is null or empty.</summary>
    /// <exception cref="MuJoCoUnavailableException">There is none, or it is too old.</exception>
    public static MuJoCoInstallation Find(string? path)
    {
        string[] prefixes = string.IsNullOrEmpty(path) ? Prefixes : [path];
        string searched = string.IsNullOrEmpty(path) ? string.Join(", ", prefixes) : $"{path} ({PathVariable})";
        string include =
            Array.Find([.. prefixes.Select(prefix => Path.Combine(prefix, "include"))], HasHeader)
            ?? throw new MuJoCoUnavailableException($"there is no include/mujoco/mujoco.h in {searched}.");
        string library =
            prefixes.SelectMany(LibraryFolders).Select(NewestLibrary).FirstOrDefault(file => file is not null)
            ?? throw new MuJoCoUnavailableException(
                $"{include}/mujoco/mujoco.h is there, but no libmujoco in lib of {searched}."
            );
        return new MuJoCoInstallation(include, library, VersionOf(Path.Combine(include, "mujoco", "mujoco.h")));
    }

    private static bool HasHeader(string include) => File.Exists(Path.Combine(include, "mujoco", "mujoco.h"));

    private static IEnumerable<string> LibraryFolders(string prefix)
    {
        string triplet = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.Arm64 => "aarch64-linux-gnu",
            _ => "x86_64-linux-gnu",
        };
        return [Path.Combine(prefix, "lib", triplet), Path.Combine(prefix, "lib64"), Path.Combine(prefix, "lib"), prefix];
    }

    private static string? NewestLibrary(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "libmujoco*")
                .Where(file => LibraryName().IsMatch(Path.GetFileName(file)))
                .OrderByDescending(file => file, StringComparer.Ordinal)
                .FirstOrDefault()
            : null;

    private static int VersionOf(string header)
    {
        Match match = VersionLine().Match(File.ReadAllText(header));
        if (!match.Success)
        {
            throw new MuJoCoUnavailableException($"{header} does not say its version.");
        }
        int version = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return version >= OldestVersion
            ? version
            : throw new MuJoCoUnavailableException($"{header} is of version {version}, which is older than {OldestVersion}.");
    }

    [GeneratedRegex(@"^libmujoco(\.so(\.\d+)*|(\.\d+)*\.dylib)$")]
    private static partial Regex LibraryName();

    [GeneratedRegex(@"^\s*#define\s+mjVERSION_HEADER\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();
}
