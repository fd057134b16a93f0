using System.Security.Cryptography;
using Agents.Files;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;

namespace Agents.Policies;

/// <summary>A policy that stands on its own: weights, normaliser statistics and description. Owns its network; not thread-safe.</summary>
/// <remarks>
/// Saved as a folder of <c>policy.safetensors</c> and <c>policy.yaml</c>, nothing executable in either. It takes observations as
/// the environment gives them, and scales and normalises them itself, as those do that act while it is trained.
/// </remarks>
public sealed class SavedPolicy : IPolicy
{
    /// <summary>File of the weights.</summary>
    public const string WeightsFile = "policy.safetensors";

    /// <summary>File of the description.</summary>
    public const string DescriptionFile = "policy.yaml";

    private readonly NetworkPolicy _network;
    private readonly float[] _parameters;
    private readonly RowCheck _observationCheck;
    private readonly RunningStatistics? _statistics;

    /// <summary>A policy with a copy of the given parameters and statistics.</summary>
    internal SavedPolicy(PolicyInfo info, NetworkSpec spec, ReadOnlySpan<float> parameters, RunningStatistics? statistics)
    {
        Info = info;
        _parameters = parameters.ToArray();
        // What a file holds is float32; rounding here makes the policy in memory equal to the one that is loaded again.
        _statistics = statistics?.Snapshot();
        _observationCheck = RowCheck.OfObservations(spec.ObservationSpace);
        _network = new NetworkPolicy(spec, ActingPolicies.Find(info.Acting));
        _network.LoadParameters(_parameters, info.ParameterVersion);
        _network.Inputs = _statistics is null
            ? ObservationTransform.Scaling(info.ObservationScale)
            : ObservationTransform.Normalizing(info.ObservationScale, NormalizedParts.Of(spec.ObservationSpace), _statistics);
    }

    /// <summary>Where the policy comes from.</summary>
    public PolicyInfo Info { get; }

    /// <inheritdoc/>
    public Space ObservationSpace => _network.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => _network.ActionSpace;

    /// <inheritdoc/>
    public IActingPolicy Acting => _network.Acting;

    /// <inheritdoc/>
    public int CoreStateSize => _network.CoreStateSize;

    /// <summary>Network hyper-parameters, none of them left open.</summary>
    public NetworkSettings Network => _network.Spec.ResolvedSettings;

    /// <summary>Numbers that training adjusted.</summary>
    public int ParameterCount => _parameters.Length;

    /// <summary>SHA-256 of the parameters as little-endian float32, in hexadecimal.</summary>
    public string ParameterHash => HashOf(_parameters);

    internal ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>Fixed statistics by which it normalises observations; null where it does not. They count no rows.</summary>
    internal RunningStatistics? Statistics => _statistics;

    /// <summary>The network that acts, whose core can be looked at.</summary>
    internal NetworkPolicy ActingNetwork => _network;

    internal static string HashOf(ReadOnlySpan<float> parameters) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(parameters)));

    /// <summary>Loads a policy, checking every name, shape and number.</summary>
    /// <param name="folder">Folder of the two files, or of a run, which means its latest policy; its best one lies in <c>best/</c>.</param>
    /// <exception cref="PolicyFormatException">A file is missing, damaged, edited or does not fit the other; the message says which.</exception>
    public static SavedPolicy Load(string folder) => PolicyFiles.Read(folder);

    /// <summary>Saves the policy, whole or not at all; an existing policy is replaced.</summary>
    /// <exception cref="IOException">The folder cannot be written, or holds something other than a policy; it is as it was.</exception>
    public void Save(string folder)
    {
        string[] policyFiles = [DescriptionFile, WeightsFile];
        if (
            Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any(path => !policyFiles.Contains(Path.GetFileName(path)))
        )
        {
            throw new IOException(
                $"'{folder}' holds files that are no policy's; saving would delete them. Choose a folder of its own."
            );
        }
        AtomicFolder.Write(folder, inside => PolicyFiles.Write(this, inside));
    }

    /// <summary>The last policy of a mixture by itself, which is smaller and chooses the components of factored actions independently. The caller owns it.</summary>
    /// <exception cref="InvalidOperationException">The policy is no mixture; <see cref="Network"/> says whether it is.</exception>
    public SavedPolicy LastOfMixture()
    {
        if (_network.Spec.Mixture is null)
        {
            throw new InvalidOperationException("The policy is no mixture, so it has no last one. Use it as it is.");
        }
        (NetworkSpec network, float[] parameters) = LastStage.Of(_network.Spec, _parameters);
        return new SavedPolicy(Info, network, parameters, _statistics);
    }

    /// <summary>The same policy with a network of its own, for another thread. The caller owns it.</summary>
    public SavedPolicy Copy() => new(Info, _network.Spec, _parameters, _statistics);

    /// <inheritdoc/>
    public PolicyOutput CreateOutput(int count, bool values = true) => _network.CreateOutput(count, values);

    /// <summary>A session for <paramref name="count"/> rows.</summary>
    /// <param name="count">Rows, B.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    /// <param name="acting">How actions are chosen, such as <see cref="Acting"/> for the way of training; null for the most probable ones.</param>
    public PolicySession CreateSession(int count = 1, ulong seed = 0, IActingPolicy? acting = null) =>
        new(this, count, new Pcg64(seed), acting ?? ActingPolicies.Greedy);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A number cannot be: it is not finite, or no whole number where the space holds integers or bytes.</exception>
    public void Act(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        IActingPolicy acting,
        ref Pcg64 random,
        PolicyOutput output
    )
    {
        int fault = _observationCheck.FindFault(observations);
        if (fault >= 0)
        {
            throw new ArgumentException(
                $"The observation of row {fault / ObservationSpace.Size} holds {observations[fault]} as {_observationCheck.Describe(fault)}.",
                nameof(observations)
            );
        }
        _network.Act(observations, episodeStarts, coreState, acting, ref random, output);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
