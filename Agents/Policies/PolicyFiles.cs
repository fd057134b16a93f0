using Agents.Files;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;
using Agents.Programs;
using Agents.Yaml;
using Environments.Wrappers;
using Protos.Foreign;

namespace Agents.Policies;

/// <summary>The two files of a saved policy: how they are written, and how they are read from whoever wrote them.</summary>
internal static class PolicyFiles
{
    // Names and shapes, of hundreds of arrays. What differs by less is told by array.
    private const long LargestHeader = 1 << 20;

    private const string MeanName = "normalizer.mean";
    private const string VarianceName = "normalizer.variance";

    /// <summary>Loads a policy, checking every name, shape and number.</summary>
    /// <param name="path">Folder of the two files, or of a run, which means its latest policy.</param>
    /// <exception cref="PolicyFormatException">A file is missing, damaged, edited or does not fit the other.</exception>
    public static SavedPolicy Read(string path)
    {
        string folder = PolicyFolder.Find(path);
        try
        {
            PolicyDocument document = ReadUpgraded(folder);
            if (ActingPolicies.TryFind(document.Acting) is null)
            {
                throw new PolicyFormatException(
                    $"The policy in '{folder}' cannot act: {ActingPolicies.Unknown(document.Acting)} Use the version that saved it, or set acting in {SavedPolicy.DescriptionFile} to one of these."
                );
            }
            var spec = new NetworkSpec(document.ObservationSpace.ToSpace(), document.ActionSpace.ToSpace(), document.Network);
            var layout = new ParameterLayout(spec);
            string weightsPath = PlainFile.PathIn(folder, SavedPolicy.WeightsFile);
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
    /// <param name="path">Folder of the two files, or of a run, which means its latest policy.</param>
    /// <exception cref="PolicyFormatException">A file is missing, or the description is damaged or of a later format.</exception>
    public static PolicyDocument Describe(string path)
    {
        string folder = PolicyFolder.Find(path);
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
                or UnauthorizedAccessException
        && exception is not PolicyFormatException;

    private static PolicyFormatException Damaged(string folder, Exception exception) =>
        new($"The policy in '{folder}' cannot be loaded: {exception.Message}", exception);

    private static PolicyDocument ReadUpgraded(string folder)
    {
        PolicyFolder.RequireFiles(folder);
        PolicyDocument written = ReadDescription(folder);
        return written.Format is >= 1 and <= PolicyDocument.CurrentFormat
            ? written.Upgraded()
            : throw new PolicyFormatException(
                $"'{folder}' has format {written.Format}; this version reads 1 to {PolicyDocument.CurrentFormat}. Use the version that saved it."
            );
    }

    /// <summary>The format in which a policy was written; null where its description cannot be read.</summary>
    public static int? FindFormat(string folder)
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
        StrictYaml.Bind<PolicyDocument>(
            StrictYaml.ReadFileIn(folder, SavedPolicy.DescriptionFile),
            Path.Combine(folder, SavedPolicy.DescriptionFile)
        );

    /// <summary>Writes both files into an existing folder.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="folder">The folder.</param>
    public static void Write(SavedPolicy policy, string folder)
    {
        NetworkSpec spec = policy.ActingNetwork.Spec;
        var arrays = new List<NamedArray>();
        foreach (ParameterSlot slot in new ParameterLayout(spec).Slots)
        {
            arrays.Add(new NamedArray(slot.Name, slot.Shape, slot.In(policy.Parameters).ToArray()));
        }
        if (policy.Statistics is { } statistics)
        {
            arrays.Add(new NamedArray(MeanName, [statistics.Size], ToSingle(statistics.Mean)));
            arrays.Add(new NamedArray(VarianceName, [statistics.Size], ToSingle(statistics.Variance)));
        }
        string weightsPath = Path.Combine(folder, SavedPolicy.WeightsFile);
        Safetensors.Write(
            weightsPath,
            arrays,
            new Dictionary<string, string> { ["agent"] = policy.Info.Agent, ["environment"] = policy.Info.Environment }
        );
        var document = new PolicyDocument(policy.Info)
        {
            ObservationSpace = SpaceDocument.From(spec.ObservationSpace),
            ActionSpace = SpaceDocument.From(spec.ActionSpace),
            Network = policy.Network,
            NormalizeObservations = policy.Statistics is not null,
            WeightsSha256 = AtomicFile.Hash(weightsPath),
        };
        File.WriteAllText(Path.Combine(folder, SavedPolicy.DescriptionFile), StrictYaml.Write(document));
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
                $"{weightsPath} holds '{ForeignText.Show(byName.Keys.First())}', which the network of {SavedPolicy.DescriptionFile} does not have."
            );
        }
        return new SavedPolicy(document.Alone(), spec, parameters, statistics);

        float[] Take(string name, int[] shape)
        {
            if (!byName.Remove(name, out NamedArray? array))
            {
                throw new InvalidDataException(
                    $"{weightsPath} lacks '{name}', which the network of {SavedPolicy.DescriptionFile} needs."
                );
            }
            if (!array.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"'{name}' in {weightsPath} is [{string.Join(", ", array.Shape)}], but {SavedPolicy.DescriptionFile} needs [{string.Join(", ", shape)}]."
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
                $"{weightsPath} has {given} bytes, but the network of {SavedPolicy.DescriptionFile} has {layout.Count} parameters."
            );
        }
    }

    private static void RequireHash(string weightsPath, string expected)
    {
        string actual = AtomicFile.Hash(weightsPath);
        if (!string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException(
                $"{SavedPolicy.WeightsFile} is not the file that was saved (SHA-256 {actual[..12]}…, {SavedPolicy.DescriptionFile} says {ForeignText.Show(expected[..Math.Min(12, expected.Length)])}…). "
                    + $"Restore it from a copy; after an edit on purpose set weights_sha256 in {SavedPolicy.DescriptionFile} to {actual}."
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
