using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Environments.Processes;
using Protos.Foreign;

namespace Environments.MuJoCo.Engine;

/// <summary>Compiles <c>Native/shim.c</c> against the installed MuJoCo, once per version of both, and keeps the result in the user's cache.</summary>
internal static class MuJoCoShimBuilder
{
    /// <summary>Environment variable that names a compiled shim, for machines without a compiler.</summary>
    public const string ShimVariable = "MUJOCO_SHIM";

    private static readonly TimeSpan CompilerLimit = TimeSpan.FromMinutes(2);

    /// <summary>Path of the shim, compiled now if it was not before.</summary>
    /// <exception cref="MuJoCoUnavailableException">There is no compiler, or it failed.</exception>
    public static string Build(MuJoCoInstallation installation)
    {
        string source = ReadSource();
        string folder = Path.Combine(CacheFolder(), NameOf(installation, source));
        string shim = Path.Combine(folder, "libagents_mujoco.so");
        if (File.Exists(shim))
        {
            return shim;
        }
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A fresh folder of this process alone: a known name in a shared place could hold somebody else's code.
            shim = Path.Combine(Directory.CreateTempSubdirectory("agents-mujoco-").FullName, Path.GetFileName(shim));
        }
        string fresh = $"{shim}.{Environment.ProcessId}";
        Compile(installation, source, fresh);
        File.Move(fresh, shim, overwrite: true); // another process may have been as fast: both files are the same
        return shim;
    }

    /// <summary>The C source, which is part of this assembly.</summary>
    public static string ReadSource()
    {
        using Stream stream = typeof(MuJoCoShimBuilder).Assembly.GetManifestResourceStream("MuJoCo.shim.c")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Compile(MuJoCoInstallation installation, string source, string target)
    {
        string[] compilers = Environment.GetEnvironmentVariable("CC") is { Length: > 0 } own ? [own] : ["cc", "gcc", "clang"];
        string sourceFile = $"{target}.c";
        File.WriteAllText(sourceFile, source);
        try
        {
            foreach (string compiler in compilers)
            {
                if (TryCompile(compiler, installation, sourceFile, target))
                {
                    return;
                }
            }
        }
        finally
        {
            File.Delete(sourceFile);
        }
        throw new MuJoCoUnavailableException(
            $"there is no C compiler ({string.Join(", ", compilers)}), which its binding needs once. A shim compiled elsewhere can be named by {ShimVariable}."
        );
    }

    private static bool TryCompile(string compiler, MuJoCoInstallation installation, string source, string target)
    {
        if (Programs.Find(compiler) is not { } program)
        {
            return false;
        }
        var start = new ProcessStartInfo(
            program,
            [
                "-std=gnu11",
                "-O2",
                "-fvisibility=hidden",
                "-shared",
                "-fPIC",
                $"-I{installation.IncludeFolder}",
                "-o",
                target,
                source,
                installation.LibraryFile,
                $"-Wl,-rpath,{Path.GetDirectoryName(installation.LibraryFile)}",
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return false;
        }
        using (process)
        {
            (string Output, string Errors) said =
                ChildProcess.Finish(process, CompilerLimit)
                ?? throw new MuJoCoUnavailableException($"{compiler} did not compile its binding within {CompilerLimit}.");
            return process.ExitCode == 0
                ? true
                : throw new MuJoCoUnavailableException($"{compiler} could not compile its binding: {FirstLine(said.Errors)}.");
        }
    }

    private static string FirstLine(string text) =>
        text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? text.Trim();

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(cache)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
                : cache,
            "agents",
            "mujoco"
        );
    }

    private static string NameOf(MuJoCoInstallation installation, string source)
    {
        string real =
            new FileInfo(installation.LibraryFile).ResolveLinkTarget(returnFinalTarget: true)?.FullName
            ?? installation.LibraryFile;
        var file = new FileInfo(real);
        string identity = string.Create(
            CultureInfo.InvariantCulture,
            $"{installation.Version}|{installation.IncludeFolder}|{real}|{file.Length}|{file.LastWriteTimeUtc.Ticks}|{source}"
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16];
    }
}
