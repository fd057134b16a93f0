using System.Runtime.CompilerServices;
using Agents.Torch;

namespace Tests;

/// <summary>Tests call the tensor library themselves, before any network of ours has.</summary>
internal static class NativeLibraryInitializer
{
    [ModuleInitializer]
    internal static void Initialize() => TorchShim.Register();
}
