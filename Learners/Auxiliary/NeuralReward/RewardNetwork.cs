using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments.Spaces;
using Learners.Models;

namespace Learners.Auxiliary;

/// <summary>A network that says of observations, as the task gives them, what they are worth. Owns it.</summary>
/// <remarks>It reads them through <see cref="BoundedScale"/>.</remarks>
internal sealed class RewardNetwork : IDisposable
{
    /// <summary>Name of its only head.</summary>
    public const string Head = "reward";

    /// <summary>What it learned, in the description of its folder.</summary>
    public const string Task = "neural_reward";

    private readonly ProgramNetwork _network;
    private readonly BoundedScale _scale;
    private float[] _inputs = [];
    private float[] _rewards = [];

    /// <summary>A network with the parameters of a saved one.</summary>
    public RewardNetwork(SavedNetwork saved)
    {
        _network = new ProgramNetwork(saved.Spec, saved.Parameters.ToArray());
        _scale = BoundedScale.Of(saved.Spec.ObservationSpace);
    }

    /// <summary>The network of given layers.</summary>
    /// <param name="observations">Observations as the agent's network is given them.</param>
    /// <param name="layers">Layers; its heads are not looked at.</param>
    public static NetworkSpec SpecOf(Space observations, NetworkSettings layers) =>
        NetworkSpec.WithoutPolicy(observations, layers with { Heads = [new HeadSettings { Name = Head }] });

    /// <summary>The network in a folder, for a run.</summary>
    /// <param name="path">Folder.</param>
    /// <param name="network">The agent's network.</param>
    /// <exception cref="PolicyFormatException">There is none, or it is damaged.</exception>
    /// <exception cref="SettingsException">It reads other observations than the run has, or is no reward network.</exception>
    public static RewardNetwork Load(string path, NetworkSpec network)
    {
        SavedNetwork saved = SavedNetwork.Load(path);
        if (saved.Task != Task)
        {
            throw new SettingsException(
                $"neural_reward.path: '{path}' holds a network that learned {saved.Task}, which pays no rewards. Give a folder that 'agents discover' wrote."
            );
        }
        if (!SpaceComparison.AreGivenAlike(saved.Spec.ObservationSpace, network.ObservationSpace))
        {
            throw new SettingsException(
                $"neural_reward.path: the network in '{path}' reads observations of {saved.Spec.ObservationSpace}, and this run has {network.ObservationSpace}. Choose an environment and wrappers with the same observations."
            );
        }
        return new RewardNetwork(saved);
    }

    /// <summary>The sum of a saved network's weights.</summary>
    /// <param name="path">Folder.</param>
    /// <param name="expected">SHA-256 in hexadecimal; null for any.</param>
    /// <param name="key">Where the settings stand, for messages.</param>
    /// <exception cref="PolicyFormatException">There is no network, or it is damaged.</exception>
    /// <exception cref="SettingsException">Other weights were asked for.</exception>
    public static string RequireSum(string path, string? expected, string key)
    {
        string found = SavedNetwork.Load(path).ParameterHash;
        return expected is null || string.Equals(expected, found, StringComparison.OrdinalIgnoreCase)
            ? found
            : throw new SettingsException(
                $"{key}: the reward network in '{path}' has other weights than weights_sha256 asks for: it was saved again since. Give the one that is meant, or leave weights_sha256 out."
            );
    }

    /// <summary>What it says of rows, without limits.</summary>
    /// <param name="rows">Raw observations, <c>[N, ObservationSize]</c>.</param>
    /// <param name="count">N.</param>
    /// <returns><c>[N]</c>; valid until the next call.</returns>
    public ReadOnlySpan<float> Evaluate(ReadOnlySpan<float> rows, int count)
    {
        if (_rewards.Length < count)
        {
            _rewards = new float[count];
            _inputs = new float[rows.Length];
        }
        Span<float> inputs = _inputs.AsSpan(0, rows.Length);
        _scale.Apply(rows, inputs);
        _network.UnrollHeads(1, inputs, [], [], [new HeadRows(Head, _rewards)]);
        return _rewards.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
