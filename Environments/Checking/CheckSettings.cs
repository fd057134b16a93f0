namespace Environments.Checking;

/// <summary>How thoroughly an environment is checked.</summary>
public sealed record CheckSettings
{
    /// <summary>Batched steps of each check that plays.</summary>
    /// <value>At least 10. Default 300.</value>
    public int Steps { get; init; } = 300;

    /// <summary>Copies that are stepped together.</summary>
    /// <value>At least 2. Default 3.</value>
    public int Copies { get; init; } = 3;

    /// <summary>Seed of everything that is played.</summary>
    /// <value>Below 2^31, so that every environment takes it. Default 1.</value>
    public uint Seed { get; init; } = 1;

    /// <summary>Longest that one step of all copies may take.</summary>
    /// <value>Default 10 s; training waits for the slowest step.</value>
    public TimeSpan SlowestStep { get; init; } = TimeSpan.FromSeconds(10);
}
