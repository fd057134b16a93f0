using Agents.Files;
using Agents.Networks;
using Agents.Policies;
using Agents.Programs;
using Agents.Yaml;
using Protos.Foreign;

namespace Learners.Models;

/// <summary>A network without a policy that stands on its own: weights and description, in a folder of two files, nothing executable in either. Immutable.</summary>
internal sealed class SavedNetwork
{
    /// <summary>File of the weights.</summary>
    public const string WeightsFile = "network.safetensors";

    /// <summary>File of the description.</summary>
    public const string DescriptionFile = "network.yaml";

    // Names and shapes, of hundreds of arrays.
    private const long LargestHeader = 1 << 20;

    private readonly float[] _parameters;

    /// <summary>A network with a copy of the given parameters.</summary>
    /// <param name="task">Task that it learned.</param>
    /// <param name="spec">The network.</param>
    /// <param name="parameters">In the order of the layout.</param>
    /// <param name="updates">Optimiser steps that led to them.</param>
    /// <param name="seed">Seed of the run.</param>
    public SavedNetwork(string task, NetworkSpec spec, ReadOnlySpan<float> parameters, long updates, ulong seed)
    {
        (Task, Spec, Updates, Seed) = (task, spec, updates, seed);
        _parameters = parameters.ToArray();
    }

    /// <summary>Name of the task that it learned.</summary>
    public string Task { get; }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Optimiser steps that led to the parameters.</summary>
    public long Updates { get; }

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; }

    /// <summary>The parameters, in the order of the layout.</summary>
    public ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>SHA-256 of the parameters as little-endian float32, in hexadecimal.</summary>
    public string ParameterHash => SavedPolicy.HashOf(_parameters);

    /// <summary>Saves the network, whole or not at all; an existing one is replaced.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => AtomicFolder.Write(folder, WriteFiles);

    /// <summary>Writes both files into an existing folder.</summary>
    public void WriteFiles(string folder)
    {
        var arrays = new List<NamedArray>();
        foreach (ParameterSlot slot in new ParameterLayout(Spec).Slots)
        {
            arrays.Add(new NamedArray(slot.Name, slot.Shape, slot.In((ReadOnlySpan<float>)_parameters).ToArray()));
        }
        string weightsPath = Path.Combine(folder, WeightsFile);
        Safetensors.Write(weightsPath, arrays, new Dictionary<string, string> { ["task"] = Task });
        var document = new NetworkDocument
        {
            Task = Task,
            Inputs = SpaceDocument.From(Spec.ObservationSpace),
            Network = Spec.ResolvedSettings,
            Updates = Updates,
            Seed = Seed,
            WeightsSha256 = AtomicFile.Hash(weightsPath),
        };
        File.WriteAllText(Path.Combine(folder, DescriptionFile), StrictYaml.Write(document));
    }

    /// <summary>Loads a network, checking every name, shape and number.</summary>
    /// <param name="folder">Folder of the two files.</param>
    /// <exception cref="PolicyFormatException">A file is missing, damaged, edited or does not fit the other.</exception>
    public static SavedNetwork Load(string folder)
    {
        try
        {
            NetworkDocument document = StrictYaml.Bind<NetworkDocument>(
                StrictYaml.ReadFileIn(folder, DescriptionFile),
                Path.Combine(folder, DescriptionFile)
            );
            if (document.Format != NetworkDocument.CurrentFormat)
            {
                throw new InvalidDataException(
                    $"it has format {document.Format}, and this version reads {NetworkDocument.CurrentFormat}."
                );
            }
            NetworkSpec spec = NetworkSpec.WithoutPolicy(document.Inputs.ToSpace(), document.Network);
            var layout = new ParameterLayout(spec);
            string weightsPath = PlainFile.PathIn(folder, WeightsFile);
            RequireWeights(weightsPath, layout, document.WeightsSha256);
            float[] parameters = Read(layout, Safetensors.Read(weightsPath).Arrays, weightsPath);
            return new SavedNetwork(document.Task, spec, parameters, document.Updates, document.Seed);
        }
        catch (Exception exception)
            when (exception
                    is SettingsException
                        or InvalidDataException
                        or NotSupportedException
                        or ArgumentException
                        or ArithmeticException
                        or IOException
            )
        {
            throw new PolicyFormatException(
                $"The network in '{ForeignText.Show(folder)}' cannot be loaded: {exception.Message}",
                exception
            );
        }
    }

    private static void RequireWeights(string path, ParameterLayout layout, string expected)
    {
        long size = new FileInfo(path).Length;
        if (size < sizeof(float) * (long)layout.Count || size > sizeof(float) * (long)layout.Count + LargestHeader)
        {
            throw new InvalidDataException(
                $"{WeightsFile} has {size} bytes, but the network of {DescriptionFile} has {layout.Count} parameters."
            );
        }
        if (!string.Equals(AtomicFile.Hash(path), expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException(
                $"{WeightsFile} is not the file that was saved (its SHA-256 differs). Restore it from a copy."
            );
        }
    }

    private static float[] Read(ParameterLayout layout, IReadOnlyList<NamedArray> arrays, string path)
    {
        Dictionary<string, NamedArray> byName = arrays.ToDictionary(array => array.Name);
        var parameters = new float[layout.Count];
        foreach (ParameterSlot slot in layout.Slots)
        {
            if (!byName.Remove(slot.Name, out NamedArray? array) || !array.Shape.AsSpan().SequenceEqual(slot.Shape))
            {
                throw new InvalidDataException(
                    $"{path} holds no '{slot.Name}' of [{string.Join(", ", slot.Shape)}], which the network needs."
                );
            }
            if (Array.Exists(array.Values, value => !float.IsFinite(value)))
            {
                throw new InvalidDataException($"'{slot.Name}' in {path} holds a number that is not finite.");
            }
            array.Values.CopyTo(slot.In(parameters.AsSpan()));
        }
        return byName.Count == 0
            ? parameters
            : throw new InvalidDataException(
                $"{path} holds '{ForeignText.Show(byName.Keys.First())}', which the network does not have."
            );
    }
}
