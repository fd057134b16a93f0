using Studies.Trials;

namespace Studies.Search;

/// <summary>A distribution over choices: each observation is a kernel with a little of every choice, and one more kernel is uniform.</summary>
internal static class ChoiceDensity
{
    /// <summary>Probabilities of the choices.</summary>
    /// <param name="parameter">The setting.</param>
    /// <param name="values">Its values, oldest first.</param>
    public static double[] Of(SearchParameter parameter, IReadOnlyList<string> values)
    {
        int choices = parameter.Choices.Count;
        double[] weights = [.. ParzenDensity.WeightsOf(values.Count), 1];
        double floor = 1.0 / weights.Length;
        double total = weights.Sum();
        var density = new double[choices];
        for (int k = 0; k < weights.Length; k++)
        {
            string? seen = k < values.Count ? values[k] : null;
            double sum = choices * floor + (seen is null ? 0 : 1);
            for (int c = 0; c < choices; c++)
            {
                density[c] += weights[k] / total * (floor + (parameter.Choices[c] == seen ? 1 : 0)) / sum;
            }
        }
        return density;
    }
}
