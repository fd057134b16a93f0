using Tests.CodeTests.Specimens.Here;

namespace Tests.CodeTests.Specimens;

/// <summary>A table of parts in the namespaces below. Never used.</summary>
internal static class Parts
{
    public static Type[] All => [typeof(Host)];
}
