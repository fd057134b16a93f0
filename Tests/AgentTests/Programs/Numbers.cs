namespace Tests.AgentTests.Programs;

/// <summary>What the numbers of a test's leaves are drawn from.</summary>
internal static class Numbers
{
    /// <summary>Of either sign, 0.2 to 1.2 away from 0, where many operators have a kink.</summary>
    public static float Spread(Random random) => (0.2f + random.NextSingle()) * (random.Next(2) == 0 ? -1 : 1);

    /// <summary>0.3 to 1.5.</summary>
    public static float Positive(Random random) => 0.3f + 1.2f * random.NextSingle();

    /// <summary>Multiples of 1/8 that no number of <see cref="OddGrid"/> equals; none is 0.</summary>
    public static float EvenGrid(Random random) => random.Next(-8, 8) / 8f + 0.03f;

    /// <inheritdoc cref="EvenGrid"/>
    public static float OddGrid(Random random) => random.Next(-8, 8) / 8f + 0.09f;

    /// <summary>0 a quarter of the time, else 1.</summary>
    public static float Keep(Random random) => random.Next(4) == 0 ? 0 : 1;

    /// <summary>Normal numbers, about.</summary>
    public static float Bell(Random random) => random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
}
