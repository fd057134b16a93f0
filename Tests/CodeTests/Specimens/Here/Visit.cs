namespace Tests.CodeTests.Specimens.Here;

/// <summary>What the guest knows of its host's namespace. Never used.</summary>
internal sealed class Visit;
