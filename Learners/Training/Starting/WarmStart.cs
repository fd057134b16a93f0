using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Sources;

namespace Learners.Training;

/// <summary>What a new run takes over from a saved policy: parameters by name and shape, and statistics of observations.</summary>
/// <remarks>
/// Encoders and cores have to fit as a whole. Heads may be missing or be for other actions; they begin anew where the settings say so.
/// </remarks>
internal sealed class WarmStart
{
    private readonly ParameterLayout _theirs;
    private readonly PolicyInfo _info;
    private readonly RunningStatistics? _statistics;
    private readonly StageStart? _stages;
    private readonly string _path;
    private readonly float _statisticsShare;

    /// <summary>Loads a policy and compares it with the network of a run.</summary>
    /// <param name="settings">Which policy, and what becomes of heads that do not fit.</param>
    /// <param name="network">The run's network.</param>
    /// <exception cref="PolicyFormatException">The policy is damaged, or is none.</exception>
    /// <exception cref="SettingsException">It does not fit, or was saved again since the run was put together.</exception>
    public WarmStart(InitialPolicySettings settings, NetworkSpec network)
    {
        settings = settings.Pinned();
        using var saved = SavedPolicy.Load(settings.Folder);
        // Of another curriculum's mixture, or for a run without one, the last policy goes on.
        using SavedPolicy? last =
            saved.Network.Mixture is { } mixture && mixture != network.Settings.Mixture ? saved.LastOfMixture() : null;
        SavedPolicy policy = last ?? saved;
        NetworkSpec theirs = policy.ActingNetwork.Spec;
        _path = settings.Path;
        RequireSameObservations(theirs, network);
        _theirs = new ParameterLayout(theirs);
        _stages = StageStart.Of(network, theirs, _theirs);
        network = _stages?.Plain ?? network;
        var ours = new ParameterLayout(network);
        List<HeadMisfit> heads = HeadMisfit.Find(theirs, _theirs, network, ours);
        RequireSameTrunks(theirs, network, ours);
        if (heads.Count > 0 && !settings.RedrawHeads)
        {
            throw new SettingsException(
                $"initial_policy: heads of '{_path}' do not fit the run: {string.Join("; ", heads.Select(head => head.Why))}. Draw them afresh with --redraw-heads (initial_policy.redraw_heads: true)."
            );
        }
        Redrawn = [.. heads.Select(head => head.Name)];
        float[] parameters = policy.Parameters.ToArray();
        foreach (string head in settings.ResetHeads)
        {
            Reset(head, theirs, network.Settings.InitialLogStd, parameters);
        }
        _statisticsShare = settings.StatisticsShare;
        Parameters = new StartingParameters(
            _theirs,
            parameters,
            heads.SelectMany(head => head.Parameters).ToHashSet(),
            knowsValues: !Redrawn.Contains(Head.Value) && !settings.ResetHeads.Contains(Head.Value),
            _stages?.Sources
        );
        _info = policy.Info;
        _statistics = policy.Statistics;
    }

    /// <summary>Names of the heads that begin with fresh parameters.</summary>
    public IReadOnlyList<string> Redrawn { get; }

    /// <summary>What the learner begins with.</summary>
    public StartingParameters Parameters { get; }

    /// <summary>Hands statistics on where both sides have them, and tells what is not as the policy was trained.</summary>
    /// <param name="source">The run's source, which has not been pulled.</param>
    /// <param name="wrappers">The run's layers.</param>
    /// <param name="warn">Receives a line for each thing that a user should know.</param>
    public void Begin(IUnrollSource source, WrapperSettings wrappers, Action<string>? warn)
    {
        if (Redrawn.Count > 0)
        {
            warn?.Invoke($"Heads drawn afresh, since '{_path}' has none that fit: {string.Join(", ", Redrawn)}.");
        }
        if (_stages is not null)
        {
            warn?.Invoke(
                _stages.Fresh.Count == 0
                    ? $"The earlier policies of the curriculum begin as the policy in '{_path}' does."
                    : $"Of the earlier policies of the curriculum begin afresh, since '{_path}' has nothing that fits: {string.Join(", ", _stages.Fresh)}."
            );
        }
        if (wrappers.ObservationScale != _info.ObservationScale)
        {
            warn?.Invoke(
                $"The policy in '{_path}' was trained on observations times {_info.ObservationScale}, and this run scales by {wrappers.ObservationScale}."
            );
        }
        bool normalizes = wrappers.NormalizeObservations;
        if (_statistics is not null && normalizes)
        {
            // Each step showed it a row, which is how much later ones should count beside.
            source.TakeStatistics(_statistics, _statisticsShare * (double)_info.EnvironmentSteps);
        }
        else if (_statistics is not null || normalizes)
        {
            warn?.Invoke(
                normalizes
                    ? $"The policy in '{_path}' was trained on observations as they are, and this run normalises them, by statistics that begin anew."
                    : $"The policy in '{_path}' was trained on normalised observations, and this run does not normalise them."
            );
        }
    }

    private void RequireSameObservations(NetworkSpec theirs, NetworkSpec ours)
    {
        if (!SpaceComparison.AreReadAlike(theirs.ObservationSpace, ours.ObservationSpace))
        {
            throw new SettingsException(
                $"initial_policy: the policy in '{_path}' reads observations of {theirs.ObservationSpace}, and this run has {ours.ObservationSpace}. Choose an environment with the same observations, or leave wrappers.* to the policy."
            );
        }
    }

    private void RequireSameTrunks(NetworkSpec theirs, NetworkSpec network, ParameterLayout ours)
    {
        HashSet<string> heads = [.. HeadParameters(ours, network), .. HeadParameters(_theirs, theirs)];
        string all = ParameterShapes.Differences(theirs, network, slot => !heads.Contains(slot.Name));
        if (all.Length > 0)
        {
            throw new SettingsException(
                $"initial_policy: the network of '{_path}' is not this run's: {all}. Leave network.* out, so that the run has the policy's, or begin without it."
            );
        }
    }

    private void Reset(string head, NetworkSpec theirs, float logStd, Span<float> parameters)
    {
        Head found =
            theirs.Heads.FirstOrDefault(one => one.Name == head)
            ?? throw new SettingsException(
                $"initial_policy.reset_heads: the policy in '{_path}' has no head '{head}', only {string.Join(", ", theirs.Heads.Select(one => one.Name))}."
            );
        foreach (string name in HeadMisfit.ParametersOf(found, _theirs))
        {
            _theirs[name].In(parameters).Fill(name == ParameterLayout.LogStd ? logStd : 0);
        }
    }

    private static IEnumerable<string> HeadParameters(ParameterLayout layout, NetworkSpec spec) =>
        spec.Heads.SelectMany(head => HeadMisfit.ParametersOf(head, layout));
}
