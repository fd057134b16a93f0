using System.Text.Json;
using Environments;
using Environments.Randomness;
using Environments.Tabular;
using Xunit;

namespace Tests.EnvironmentTests.ToyText;

/// <summary>A transition table recorded from Gymnasium, in <c>Tests/Golden</c>.</summary>
internal sealed record GoldenTable(double[] Start, Transition[][][] Transitions)
{
    public static GoldenTable Load(string id)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", id + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement table = document.RootElement.GetProperty("P");
        double[] start = [.. document.RootElement.GetProperty("initial").EnumerateArray().Select(value => value.GetDouble())];
        var transitions = new Transition[start.Length][][];
        foreach (JsonProperty state in table.EnumerateObject())
        {
            JsonProperty[] actions = [.. state.Value.EnumerateObject()];
            var rows = new Transition[actions.Length][];
            foreach (JsonProperty action in actions)
            {
                rows[Index(action)] = [.. action.Value.EnumerateArray().Select(Parse)];
            }
            transitions[Index(state)] = rows;
        }
        return new GoldenTable(start, transitions);
    }

    /// <summary>Holds every list of a model against the recorded one: same rows, same order, same float64 numbers.</summary>
    public void RequireEqual(ITabularModel model)
    {
        Assert.Equal(Start, model.StartProbabilities.ToArray());
        Assert.Equal(Transitions.Length, model.StateCount);
        Assert.Equal(Transitions[0].Length, model.ActionCount);
        for (int state = 0; state < Transitions.Length; state++)
        {
            for (int action = 0; action < model.ActionCount; action++)
            {
                Assert.Equal(Transitions[state][action], model.Transitions(state, action).ToArray());
            }
        }
    }

    /// <summary>Plays random actions in an environment and, by the recorded table and Gymnasium's way of drawing, beside it.</summary>
    public void RequireSameEpisodes(string id, int steps)
    {
        const int copies = 20;
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, copies);
        int limit = batch.Spec.MaxEpisodeSteps ?? int.MaxValue;
        batch.Reset(0);
        var streams = new Pcg64[copies];
        var states = new int[copies];
        var elapsed = new int[copies];
        for (int i = 0; i < copies; i++)
        {
            streams[i] = new Pcg64((ulong)i);
            states[i] = Draw(Start, ref streams[i]);
        }
        var random = new Pcg64(99);
        var actions = new float[copies];
        for (int t = 0; t < steps; t++)
        {
            Assert.Equal(states.Select(state => (float)state), batch.Observations.ToArray());
            for (int i = 0; i < copies; i++)
            {
                batch.Spec.ActionSpace.Sample(ref random, actions.AsSpan(i, 1));
            }
            batch.Step(actions);
            for (int i = 0; i < copies; i++)
            {
                Transition[] rows = Transitions[states[i]][(int)actions[i]];
                Transition drawn = rows[Draw([.. rows.Select(row => row.Probability)], ref streams[i])];
                Assert.Equal(((float)drawn.Reward, drawn.Terminated), (batch.Rewards[i], batch.Terminated[i]));
                states[i] = drawn.NextState;
                if (drawn.Terminated || ++elapsed[i] == limit)
                {
                    Assert.Equal(drawn.NextState, batch.FinalObservations[i]);
                    states[i] = Draw(Start, ref streams[i]);
                    elapsed[i] = 0;
                }
            }
        }
    }

    /// <summary>The first index whose cumulative probability exceeds one uniform; 0 if there is none, as NumPy's argmax.</summary>
    public static int Draw(ReadOnlySpan<double> probabilities, ref Pcg64 random)
    {
        double draw = random.NextDouble();
        double cumulative = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            cumulative += probabilities[i];
            if (cumulative > draw)
            {
                return i;
            }
        }
        return 0;
    }

    private static int Index(JsonProperty property) =>
        int.Parse(property.Name, System.Globalization.CultureInfo.InvariantCulture);

    private static Transition Parse(JsonElement row) =>
        new(row[0].GetDouble(), row[1].GetInt32(), row[2].GetDouble(), row[3].GetBoolean());
}
