using System.Security.Cryptography;
using Agents.Files;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Protos.Foreign;

namespace Agents.Policies;

/// <summary>A policy that stands on its own: weights, normaliser statistics and description. Owns its network; not thread-safe.</summary>
/// <remarks>
/// Saved as a folder of <c>policy.safetensors</c> and <c>policy.yaml</c>, nothing executable in either. It takes observations as
/// the environment gives them, and scales and normalises them itself, as those do that act while it is trained.
/// </remarks>
public sealed partial class SavedPolicy : IPolicy
{
    /// <summary>File of the weights.</summary>
    public const string WeightsFile = "policy.safetensors";

    /// <summary>File of the description.</summary>
    public const string DescriptionFile = "policy.yaml";

    // Names and shapes, of hundreds of arrays. What differs by less is told by array.
    private const long LargestHeader = 1 << 20;

    private const string MeanName = "normalizer.mean";
    private const string VarianceName = "normalizer.variance";

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
    /// <param name="folder">Folder of the two files.</param>
    /// <exception cref="PolicyFormatException">A file is missing, damaged, edited or does not fit the other.</exception>
    public static SavedPolicy Load(string folder)
    {
        try
        {
            PolicyDocument document = ReadUpgraded(folder);
            if (ActingPolicies.TryFind(document.Acting) is null)
            {
                throw new PolicyFormatException(
                    $"The policy in '{folder}' cannot act: {ActingPolicies.Unknown(document.Acting)} Use the version that saved it, or set acting in {DescriptionFile} to one of these."
                );
            }
            var spec = new NetworkSpec(document.ObservationSpace.ToSpace(), document.ActionSpace.ToSpace(), document.Network);
            var layout = new ParameterLayout(spec);
            string weightsPath = PlainFile.PathIn(folder, WeightsFile);
            RequireSize(weightsPath, spec, layout);
            RequireHash(weightsPath, document.WeightsSha256);
            return FromDocument(document, spec, layout, Safetensors.Read(weightsPath).Arrays, weightsPath);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw Damaged(folder, exception);
        }
    }

    /// <summary>What a policy's description says, in the current format, without its weights.</summary>
    /// <param name="folder">Folder of the two files.</param>
    /// <exception cref="PolicyFormatException">A file is missing, or the description is damaged or of a later format.</exception>
    internal static PolicyDocument Describe(string folder)
    {
        try
        {
            return ReadUpgraded(folder);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw Damaged(folder, exception);
        }
    }

    private static bool IsDamage(Exception exception) =>
        exception
            is SettingsException
                or InvalidDataException
                or NotSupportedException
                or ArgumentException
                or ArithmeticException
                or IOException
        && exception is not PolicyFormatException;

    private static PolicyFormatException Damaged(string folder, Exception exception) =>
        new($"The policy in '{folder}' cannot be loaded: {exception.Message}", exception);

    private static PolicyDocument ReadUpgraded(string folder)
    {
        if (!File.Exists(Path.Combine(folder, DescriptionFile)) || !File.Exists(Path.Combine(folder, WeightsFile)))
        {
            throw new PolicyFormatException(
                $"'{folder}' is no saved policy: it needs {DescriptionFile} and {WeightsFile}. Give a run folder or its policy/ or best/ folder."
            );
        }
        PolicyDocument written = ReadDescription(folder);
        return written.Format is >= 1 and <= PolicyDocument.CurrentFormat
            ? written.Upgraded()
            : throw new PolicyFormatException(
                $"'{folder}' has format {written.Format}; this version reads 1 to {PolicyDocument.CurrentFormat}. Use the version that saved it."
            );
    }

    /// <summary>The format in which a policy was written; null where its description cannot be read.</summary>
    internal static int? FindFormat(string folder)
    {
        try
        {
            return ReadDescription(folder).Format;
        }
        catch (Exception exception)
            when (exception is SettingsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static PolicyDocument ReadDescription(string folder) =>
        StrictYaml.Bind<PolicyDocument>(StrictYaml.ReadFileIn(folder, DescriptionFile), Path.Combine(folder, DescriptionFile));

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
        AtomicFolder.Write(folder, WriteFiles);
    }

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

    /// <summary>Writes both files into an existing folder.</summary>
    internal void WriteFiles(string folder)
    {
        NetworkSpec spec = _network.Spec;
        var arrays = new List<NamedArray>();
        foreach (ParameterSlot slot in new ParameterLayout(spec).Slots)
        {
            arrays.Add(new NamedArray(slot.Name, slot.Shape, slot.In((ReadOnlySpan<float>)_parameters).ToArray()));
        }
        if (_statistics is not null)
        {
            arrays.Add(new NamedArray(MeanName, [_statistics.Size], ToSingle(_statistics.Mean)));
            arrays.Add(new NamedArray(VarianceName, [_statistics.Size], ToSingle(_statistics.Variance)));
        }
        string weightsPath = Path.Combine(folder, WeightsFile);
        Safetensors.Write(
            weightsPath,
            arrays,
            new Dictionary<string, string> { ["agent"] = Info.Agent, ["environment"] = Info.Environment }
        );
        var document = new PolicyDocument
        {
            Agent = Info.Agent,
            Environment = Info.Environment,
            Acting = Info.Acting,
            ObservationSpace = SpaceDocument.From(spec.ObservationSpace),
            ActionSpace = SpaceDocument.From(spec.ActionSpace),
            Network = Network,
            NormalizeObservations = _statistics is not null,
            FrameStack = Info.FrameStack,
            PreviousActionReward = Info.PreviousActionReward,
            FrameSkip = Info.FrameSkip,
            StickyActions = Info.StickyActions,
            NoopMax = Info.NoopMax,
            ObservationScale = Info.ObservationScale,
            ParameterVersion = Info.ParameterVersion,
            EnvironmentSteps = Info.EnvironmentSteps,
            Seed = Info.Seed,
            Episodes = Info.Episodes,
            MeanReturn = Info.MeanReturn,
            StdReturn = Info.StdReturn,
            WeightsSha256 = AtomicFile.Hash(weightsPath),
        };
        File.WriteAllText(Path.Combine(folder, DescriptionFile), StrictYaml.Write(document));
    }

    private static SavedPolicy FromDocument(
        PolicyDocument document,
        NetworkSpec spec,
        ParameterLayout layout,
        IReadOnlyList<NamedArray> arrays,
        string weightsPath
    )
    {
        Dictionary<string, NamedArray> byName = arrays.ToDictionary(array => array.Name);
        var parameters = new float[layout.Count];
        foreach (ParameterSlot slot in layout.Slots)
        {
            Take(slot.Name, slot.Shape).CopyTo(slot.In(parameters.AsSpan()));
        }
        RunningStatistics? statistics = null;
        if (document.NormalizeObservations)
        {
            int[] shape = [NormalizedParts.Of(spec.ObservationSpace).Size];
            statistics = RunningStatistics.FromMoments(ToDouble(Take(MeanName, shape)), ToDouble(Take(VarianceName, shape)));
        }
        if (byName.Count > 0)
        {
            throw new InvalidDataException(
                $"{weightsPath} holds '{ForeignText.Show(byName.Keys.First())}', which the network of {DescriptionFile} does not have."
            );
        }
        var info = new PolicyInfo
        {
            Agent = document.Agent,
            Environment = document.Environment,
            Acting = document.Acting,
            FrameStack = document.FrameStack,
            PreviousActionReward = document.PreviousActionReward,
            FrameSkip = document.FrameSkip,
            StickyActions = document.StickyActions,
            NoopMax = document.NoopMax,
            ObservationScale = document.ObservationScale,
            ParameterVersion = document.ParameterVersion,
            EnvironmentSteps = document.EnvironmentSteps,
            Seed = document.Seed,
            Episodes = document.Episodes,
            MeanReturn = document.MeanReturn,
            StdReturn = document.StdReturn,
        };
        return new SavedPolicy(info, spec, parameters, statistics);

        float[] Take(string name, int[] shape)
        {
            if (!byName.Remove(name, out NamedArray? array))
            {
                throw new InvalidDataException($"{weightsPath} lacks '{name}', which the network of {DescriptionFile} needs.");
            }
            if (!array.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"'{name}' in {weightsPath} is [{string.Join(", ", array.Shape)}], but {DescriptionFile} needs [{string.Join(", ", shape)}]."
                );
            }
            int bad = Array.FindIndex(array.Values, value => !float.IsFinite(value));
            return bad < 0
                ? array.Values
                : throw new InvalidDataException($"'{name}' in {weightsPath} holds {array.Values[bad]} at element {bad}.");
        }
    }

    // Before anything is read of weights that cannot be the network's, which may be many gigabytes of nothing.
    private static void RequireSize(string weightsPath, NetworkSpec spec, ParameterLayout layout)
    {
        long data = sizeof(float) * (layout.Count + 2L * spec.ObservationSize);
        long given = new FileInfo(weightsPath).Length;
        if (given > data + LargestHeader || given < data / 2 - LargestHeader)
        {
            throw new InvalidDataException(
                $"{weightsPath} has {given} bytes, but the network of {DescriptionFile} has {layout.Count} parameters."
            );
        }
    }

    private static void RequireHash(string weightsPath, string expected)
    {
        string actual = AtomicFile.Hash(weightsPath);
        if (!string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException(
                $"{WeightsFile} is not the file that was saved (SHA-256 {actual[..12]}…, {DescriptionFile} says {ForeignText.Show(expected[..Math.Min(12, expected.Length)])}…). "
                    + $"Restore it from a copy; after an edit on purpose set weights_sha256 in {DescriptionFile} to {actual}."
            );
        }
    }

    private static float[] ToSingle(ReadOnlySpan<double> values)
    {
        var singles = new float[values.Length];
        for (int i = 0; i < singles.Length; i++)
        {
            singles[i] = (float)values[i];
        }
        return singles;
    }

    private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);
}
