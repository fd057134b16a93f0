using Agents.Programs;
using Agents.Yaml;
using Learners.Optimizers;

namespace Learners.Models;

/// <summary>What an optimiser moves, where the network uses a map of it. Owns the numbers.</summary>
internal sealed class MappedParameters
{
    private readonly IParameterMap[] _maps;
    private readonly float[] _stored;
    private readonly float[][] _between; // behind each map but the last one

    /// <summary>Stored numbers whose maps are those of a network's first parameters.</summary>
    /// <param name="maps">The first one applied first.</param>
    /// <param name="slots">Arrays that may be mapped.</param>
    /// <param name="effective">The network's parameters.</param>
    public MappedParameters(Parts<ParameterMapSettings> maps, IReadOnlyList<ParameterSlot> slots, ReadOnlySpan<float> effective)
    {
        _maps = [.. maps.Select(map => map.Create(slots))];
        _stored = effective.ToArray();
        foreach (IParameterMap map in _maps.Reverse())
        {
            map.Invert(_stored, _stored);
        }
        _between = [.. _maps.Skip(1).Select(_ => new float[_stored.Length])];
    }

    /// <summary>What the optimiser moves.</summary>
    public Span<float> Stored => _stored;

    /// <summary>Maps what is stored.</summary>
    /// <param name="effective">Destination.</param>
    public void Apply(Span<float> effective) => Apply(_stored, effective);

    /// <summary>Maps other numbers.</summary>
    /// <param name="stored">Numbers as they are stored.</param>
    /// <param name="effective">Destination; may be the same memory.</param>
    public void Apply(ReadOnlySpan<float> stored, Span<float> effective)
    {
        ReadOnlySpan<float> from = stored;
        foreach (IParameterMap map in _maps)
        {
            map.Apply(from, effective);
            from = effective;
        }
    }

    /// <summary>Turns a gradient with respect to what the network uses into that with respect to what is stored.</summary>
    public void Pull(Span<float> gradient)
    {
        for (int i = 0; i < _between.Length; i++)
        {
            _maps[i].Apply(i == 0 ? _stored : _between[i - 1], _between[i]);
        }
        for (int i = _maps.Length - 1; i >= 0; i--)
        {
            _maps[i].Pull(i == 0 ? _stored : _between[i - 1], gradient);
        }
    }

    /// <summary>Stores an array that is not mapped as the network has it.</summary>
    public void Take(ParameterSlot slot, ReadOnlySpan<float> effective) => slot.In(effective).CopyTo(slot.In(Stored));
}
