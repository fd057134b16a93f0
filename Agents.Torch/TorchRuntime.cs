using System.Runtime.InteropServices;
using TorchSharp;

namespace Agents.Torch;

/// <summary>The one place that configures the tensor library: where it is loaded from, its threads, determinism, and the memory gauge.</summary>
internal static class TorchRuntime
{
    /// <summary>
    /// Folder of another libtorch 2.10 build, such as a CUDA one. Set it when building, so that the output carries none of its own, and
    /// when running: its libraries are loaded before TorchSharp looks for them.
    /// </summary>
    public const string DirectoryVariable = "LIBTORCH_DIR";

    private const string ThreadsVariable = "AGENTS_TORCH_THREADS";

    private static readonly Lock Gate = new();
    private static bool _configured;

    /// <summary>Native tensors alive in this process; 0 as long as nothing needed the tensor library.</summary>
    public static long LiveTensors => _configured ? torch.Tensor.TotalCount : 0;

    /// <summary>Sets threads and determinism once; every network calls it before its first tensor.</summary>
    /// <remarks>
    /// One intra-op thread: two of them made updates of small networks 10 to 30 times slower on a busy machine.
    /// <c>AGENTS_TORCH_THREADS</c> overrides it for convolutions on an idle one.
    /// </remarks>
    public static void Configure()
    {
        lock (Gate)
        {
            if (_configured)
            {
                return;
            }
            TorchMemory.Keep();
            Preload();
            TorchShim.Load();
            torch.set_num_threads(Threads());
            UseDeterministicAlgorithms();
            _configured = true;
        }
    }

    private static int Threads()
    {
        string? text = Environment.GetEnvironmentVariable(ThreadsVariable);
        if (string.IsNullOrEmpty(text))
        {
            return 1;
        }
        return int.TryParse(text, out int threads) && threads is > 0 and <= 1_024
            ? threads
            : throw new NotSupportedException($"{ThreadsVariable} is '{text}', but must be a number of threads from 1 to 1024.");
    }

    // TorchSharp has no wrapper for this switch, so the exported C++ function is called where it exists.
    private static unsafe void UseDeterministicAlgorithms()
    {
        if (
            NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out nint library)
            && NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out nint context)
            && NativeLibrary.TryGetExport(library, "_ZN2at7Context26setDeterministicAlgorithmsEbb", out nint set)
        )
        {
            nint instance = ((delegate* unmanaged<nint>)context)();
            ((delegate* unmanaged<nint, byte, byte, void>)set)(instance, 1, 1);
        }
    }

    private static void Preload()
    {
        string? directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        if (string.IsNullOrEmpty(directory))
        {
            if (!NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out _))
            {
                throw new NotSupportedException(
                    $"This program carries no libtorch, which the engine torch needs. Add the package of your system, such as libtorch-cpu-linux-x64 2.10.0, set {DirectoryVariable} to the lib folder of a libtorch 2.10 build, or use engine: managed."
                );
            }
            return;
        }
        (string prefix, string suffix) =
            OperatingSystem.IsWindows() ? ("", ".dll")
            : OperatingSystem.IsMacOS() ? ("lib", ".dylib")
            : ("lib", ".so");
        if (!File.Exists(Path.Combine(directory, $"{prefix}torch_cpu{suffix}")))
        {
            throw new NotSupportedException(
                $"{DirectoryVariable} is '{directory}', which holds no {prefix}torch_cpu{suffix}. Name the lib folder of a libtorch 2.10 build."
            );
        }
        foreach (string name in (ReadOnlySpan<string>)["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            string path = Path.Combine(directory, prefix + name + suffix);
            if (File.Exists(path))
            {
                NativeLibrary.Load(path);
            }
        }
    }
}
