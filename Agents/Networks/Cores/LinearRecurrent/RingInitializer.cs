using Agents.Networks.Layers;
using Environments.Randomness;

namespace Agents.Networks.Cores.LinearRecurrent;

/// <summary>Recurrences uniform on a ring of the complex plane, with inputs scaled so that states of white noise have one size (Orvieto et al. 2023, section 3).</summary>
/// <param name="Settings">The ring, and the factor of the step size, by which all numbers are divided.</param>
internal sealed record RingInitializer(LinearRecurrentSettings Settings) : Initializer
{
    // Largest share of the way to a modulus of 1, where the scale of inputs would be 0.
    private const double Within = 1 - 1e-6;

    /// <inheritdoc/>
    /// <remarks>ν, θ and γ of all states, one after the other.</remarks>
    public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random)
    {
        int states = matrix.Length / 3;
        double low = Settings.MinRadius * (double)Settings.MinRadius;
        double high = Settings.MaxRadius * (double)Settings.MaxRadius;
        for (int i = 0; i < states; i++)
        {
            double square = Math.Clamp(low + (high - low) * random.NextDouble(), 1e-12, Within);
            double phase = Math.Max(1e-8, Settings.MaxPhase * random.NextDouble());
            matrix[i] = Stored(Math.Log(-0.5 * Math.Log(square)));
            matrix[states + i] = Stored(Math.Log(phase));
            matrix[2 * states + i] = Stored(0.5 * Math.Log(1 - square));
        }
    }

    private float Stored(double number) => (float)(number / Settings.RecurrentRate);
}
