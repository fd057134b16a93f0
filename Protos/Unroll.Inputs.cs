namespace Protos;

/// <content>What the network that acted read of the observations, which are kept as the task gave them.</content>
public sealed partial class Unroll
{
    // Copies that follow one another and were normalised alike, in order; those that lie between read observations as they are kept.
    private readonly List<InputGroup> _inputs = [];

    /// <summary>Whether the network read the observations as they are kept.</summary>
    internal bool InputsAreObservations => _inputs.Count == 0;

    /// <summary>Notes how the acting network read the observations of all copies; whoever hands the unroll to a learner does this.</summary>
    /// <param name="transform">What it did to them; null for nothing.</param>
    internal void ReadBy(IObservationTransform? transform)
    {
        _inputs.Clear();
        AddReader(0, Copies, transform);
    }

    /// <summary>What the network read of the observations of all steps, normalised by the statistics that it acted with.</summary>
    /// <param name="inputs">Destination, <c>[T + 1, B, ObservationSize]</c>.</param>
    /// <exception cref="ArgumentException">The destination is of another size.</exception>
    public void ReadInputs(Span<float> inputs)
    {
        float[] observations = Observations.Read(EpisodeStarts);
        if (inputs.Length != observations.Length)
        {
            throw new ArgumentException(
                $"The unroll has {observations.Length} numbers to read; the destination holds {inputs.Length}.",
                nameof(inputs)
            );
        }
        if (_inputs is [var only] && only.Copies == Copies)
        {
            only.Transform.Apply(observations, inputs);
            return;
        }
        observations.CopyTo(inputs);
        int size = Shape.Observations.ObservationSize;
        for (int t = 0; t <= Steps; t++)
        {
            foreach (InputGroup group in _inputs)
            {
                Span<float> rows = inputs.Slice((t * Copies + group.First) * size, group.Copies * size);
                group.Transform.Apply(rows, rows);
            }
        }
    }

    /// <summary>What the network would read of the observation with which an episode closed.</summary>
    /// <param name="index">Index into <see cref="FinalRows"/>.</param>
    /// <param name="input">Destination, <c>[ObservationSize]</c>.</param>
    public void ReadFinalInput(int index, Span<float> input)
    {
        ReadFinalObservation(index, input);
        int copy = _finalRows[index] % Copies;
        foreach (InputGroup group in _inputs)
        {
            if (copy >= group.First && copy < group.First + group.Copies)
            {
                group.Transform.Apply(input, input);
            }
        }
    }

    /// <summary>What the network read of the observations, without a copy where it read them as they are kept.</summary>
    /// <param name="buffer">Room that the caller keeps for the others; grown here.</param>
    /// <returns><c>[T + 1, B, ObservationSize]</c>; valid until the unroll or the buffer is filled anew.</returns>
    internal float[] ReadInputs(ref float[] buffer)
    {
        if (InputsAreObservations)
        {
            return Observations.Read(EpisodeStarts);
        }
        int length = (Steps + 1) * Copies * Shape.Observations.ObservationSize;
        if (buffer.Length != length)
        {
            buffer = new float[length];
        }
        ReadInputs(buffer);
        return buffer;
    }

    private void AddReader(int first, int copies, IObservationTransform? transform)
    {
        if (transform is null or { IsIdentity: true })
        {
            return;
        }
        if (_inputs is [.., var last] && last.Transform == transform && last.First + last.Copies == first)
        {
            _inputs[^1] = last with { Copies = last.Copies + copies };
        }
        else
        {
            _inputs.Add(new InputGroup(first, copies, transform));
        }
    }

    /// <summary>Copies that were read alike.</summary>
    private readonly record struct InputGroup(int First, int Copies, IObservationTransform Transform);
}
