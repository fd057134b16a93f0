using Xunit;

namespace Tests;

/// <summary>Tests that count native tensors of the whole process: nothing may run beside them.</summary>
[CollectionDefinition(nameof(NativeMemoryCollection), DisableParallelization = true)]
public sealed class NativeMemoryCollection;
