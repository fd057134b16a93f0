using Xunit;

namespace Tests;

/// <summary>Tests that count something of the whole process, such as native tensors or managed memory: nothing may run beside them.</summary>
[CollectionDefinition(nameof(NativeMemoryCollection), DisableParallelization = true)]
public sealed class NativeMemoryCollection;
