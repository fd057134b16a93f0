using TorchSharp;
using static TorchSharp.torch;

namespace Agents.Networks.Transformers;

/// <summary>The transformer core on tensors, whole sequences at a time, with gradients. Owns its position table.</summary>
/// <remarks>
/// Transformer-XL's relative attention (Dai et al. 2019, section 3.3) in the layouts of Parisotto et al. 2020, section 3.1. Every query
/// sees itself and the M steps before it, no further, in a sequence as in acting, so that both give the same numbers; where an
/// episode starts, nothing before is seen. Gradients do not flow into the memory from before the sequence.
/// </remarks>
internal sealed class TorchTransformer : IDisposable
{
    private const float Hidden = -1e9f;
    private const double Epsilon = 1e-5;

    private readonly TransformerSettings _settings;
    private readonly MemoryShape _memory;
    private readonly IReadOnlyDictionary<string, Tensor> _views;
    private readonly string _name;
    private readonly Tensor _positions; // [M + 1, width], from the farthest to the query itself

    /// <summary>The core of the slots that begin with <paramref name="name"/>.</summary>
    /// <param name="settings">Sizes and layout.</param>
    /// <param name="views">Parameters by name; not owned.</param>
    /// <param name="name">Common name of the core's parameters.</param>
    public TorchTransformer(NetworkSettings settings, IReadOnlyDictionary<string, Tensor> views, string name)
    {
        _settings = settings.Transformer;
        _memory = new MemoryShape(settings);
        _views = views;
        _name = name;
        float[] table = RelativePositions.Table(_memory.Length, _memory.Width);
        using DisposeScope scope = NewDisposeScope();
        _positions = from_array(table).view(_memory.Length + 1, _memory.Width).clone().DetachFromDisposeScope();
    }

    /// <summary>Runs sequences.</summary>
    /// <param name="encoded"><c>[T × B, inputs]</c>, time-major.</param>
    /// <param name="steps">T.</param>
    /// <param name="continues"><c>[T, B, 1]</c>: 0 where an episode starts, else 1.</param>
    /// <param name="state">State before step 0, <c>[B, StateSize]</c>.</param>
    /// <param name="keepState">Whether the state after the last step is wanted.</param>
    /// <returns>Outputs <c>[T × B, width]</c>, and the state where it is wanted.</returns>
    public (Tensor Output, Tensor? NextState) Forward(Tensor encoded, int steps, Tensor continues, Tensor state, bool keepState)
    {
        int batch = (int)state.shape[0];
        int length = _memory.Length;
        Tensor embedded = nn.functional.linear(encoded, _views[_name + ".embedding.weight"], _views[_name + ".embedding.bias"]);
        Tensor stream = embedded.view(steps, batch, _memory.Width);
        Tensor age;
        Tensor memories;
        Tensor episodes;
        Tensor mask;
        using (no_grad())
        {
            // What counts as age is what MemoryShape.AgeOf says.
            age = state.narrow(1, _memory.RingSize, 1).nan_to_num(0.0).Within(0, 2 * length - 1).to(ScalarType.Int64);
            memories = Roll(state.narrow(1, 0, _memory.RingSize), age).permute(1, 2, 0, 3); // [L, M, B, width], oldest first
            episodes = continues.squeeze(-1).neg().Plus(1).cumsum(0); // [T, B]: episodes that started since the memory
            mask = Mask(episodes, age, steps);
        }
        var read = new Tensor[_memory.Layers];
        for (int layer = 0; layer < _memory.Layers; layer++)
        {
            if (keepState)
            {
                read[layer] = _settings.NormalizesFirst ? Standardize(stream) : stream;
            }
            stream = Layer($"{_name}.{layer}", stream, memories[layer], mask, steps, batch);
        }
        Tensor? next = keepState ? NextState(memories, stack(read), episodes, age, steps, batch) : null;
        return (stream.reshape(-1, _memory.Width), next);
    }

    /// <inheritdoc/>
    public void Dispose() => _positions.Dispose();

    /// <summary>From scores by distance to scores by key: row t moves right by t, and zeros fill the rest.</summary>
    /// <param name="byDistance"><c>[…, T, M + 1]</c>: from the farthest key to the query itself.</param>
    /// <returns><c>[…, T, M + T]</c>: keys in the order of time. What is not 0 ≤ t + M − key ≤ M is 0.</returns>
    internal static Tensor Shift(Tensor byDistance)
    {
        // Rows of W = M + 1 + T numbers, read again as rows of W − 1, start one number later each.
        long[] shape = byDistance.shape;
        (long steps, long distances) = (shape[^2], shape[^1]);
        long width = distances + steps;
        Tensor padded = nn.functional.pad(byDistance, [0, steps]);
        return padded
            .reshape([.. shape[..^2], steps * width])
            .narrow(-1, 0, steps * (width - 1))
            .reshape([.. shape[..^2], steps, width - 1]);
    }

    private Tensor Layer(string name, Tensor x, Tensor memory, Tensor mask, int steps, int batch)
    {
        string attention = name + ".attention";
        string feedForward = name + ".feed_forward";
        if (!_settings.NormalizesFirst)
        {
            // Y = LN(E + attention), E' = LN(Y + f(Y))
            Tensor attended = Normalize(x.Plus(Attend(attention, x, memory, mask, steps, batch)), attention + ".norm");
            return Normalize(attended.Plus(Perceptron(attended, feedForward)), feedForward + ".norm");
        }
        // Z = LN([memory, E]), Y = g(E, relu(attention(Z))), E' = g(Y, relu(f(LN(Y))))
        Tensor normalizedMemory = (memory * _views[attention + ".norm.weight"]).Plus(_views[attention + ".norm.bias"]);
        Tensor output = Attend(attention, Normalize(x, attention + ".norm"), normalizedMemory, mask, steps, batch).relu();
        Tensor y = TorchGate.Apply(_settings.Gate, _views, attention + ".gate", x, output);
        Tensor perceived = Perceptron(Normalize(y, feedForward + ".norm"), feedForward).relu();
        return TorchGate.Apply(_settings.Gate, _views, feedForward + ".gate", y, perceived);
    }

    private Tensor Attend(string name, Tensor x, Tensor memory, Tensor mask, int steps, int batch)
    {
        int heads = _settings.Heads;
        int size = _settings.HeadSize;
        Tensor rows = cat([memory, x], 0); // [M + T, B, width]
        long keys = rows.shape[0];
        Tensor query = Project(x, name + ".query");
        Tensor key = Project(rows, name + ".key").view(keys, batch * heads, size);
        Tensor value = Project(rows, name + ".value").view(keys, batch * heads, size);
        Tensor position = Project(_positions, name + ".position").view(-1, heads, size);

        Tensor forContent = query.Plus(_views[name + ".content_bias"]).view(steps, batch * heads, size).transpose(0, 1);
        Tensor content = bmm(forContent, key.permute(1, 2, 0)); // [B × H, T, M + T]
        Tensor forPosition = query.Plus(_views[name + ".position_bias"]).view(steps * batch, heads, size).transpose(0, 1);
        Tensor byDistance = bmm(forPosition, position.permute(1, 2, 0)).view(heads, steps, batch, -1).permute(2, 0, 1, 3);
        Tensor scores = content.view(batch, heads, steps, keys).Plus(Shift(byDistance)).Times(1 / MathF.Sqrt(size)).Plus(mask);
        Tensor weights = scores.softmax(-1).view(batch * heads, steps, keys);
        Tensor mixed = bmm(weights, value.transpose(0, 1)).transpose(0, 1).reshape(steps, batch, heads * size);
        return Project(mixed, name + ".output");
    }

    private Tensor Perceptron(Tensor x, string name)
    {
        Tensor hidden = nn.functional.linear(x, _views[name + ".0.weight"], _views[name + ".0.bias"]).relu();
        return nn.functional.linear(hidden, _views[name + ".1.weight"], _views[name + ".1.bias"]);
    }

    private Tensor Project(Tensor x, string name) => nn.functional.linear(x, _views[name + ".weight"]);

    private Tensor Normalize(Tensor x, string name) =>
        nn.functional.layer_norm(x, [_memory.Width], _views[name + ".weight"], _views[name + ".bias"], Epsilon);

    private Tensor Standardize(Tensor x) => nn.functional.layer_norm(x, [_memory.Width], eps: Epsilon);

    // [B, 1, T, M + T]: 0 where a query sees a key, else so low a number that its weight is exactly 0.
    private Tensor Mask(Tensor episodes, Tensor age, int steps)
    {
        int length = _memory.Length;
        Tensor time = TorchNumbers.Range(steps).unsqueeze(1);
        Tensor row = TorchNumbers.Range(length); // oldest first: M − row steps before step 0
        Tensor filled = row.neg().Plus(length).le(age); // [B, M]
        Tensor old = episodes.EqualTo(0).unsqueeze(-1).logical_and(filled.unsqueeze(0)); // [T, B, M]
        Tensor near = row.unsqueeze(0).ge(time).unsqueeze(1); // [T, 1, M]
        Tensor same = episodes.unsqueeze(-1).eq(episodes.transpose(0, 1).unsqueeze(0)); // [T, B, T]
        Tensor distance = time - TorchNumbers.Range(steps).unsqueeze(0);
        Tensor inBand = distance.AtLeast(0).logical_and(distance.AtMost(length)).unsqueeze(1); // [T, 1, T]
        Tensor seen = cat([old.logical_and(near), same.logical_and(inBand)], -1);
        return zeros(1).Filled(seen.logical_not(), Hidden).permute(1, 0, 2).unsqueeze(1);
    }

    // Rings [B, L × M × width] in the order of time, or back, as [B, L, M, width]: row j of the result is row (j + shift) mod M.
    private Tensor Roll(Tensor rings, Tensor shift)
    {
        long batch = rings.shape[0];
        Tensor slots = shift.Plus(TorchNumbers.Range(_memory.Length)).Modulo(_memory.Length);
        Tensor index = slots.view(batch, 1, _memory.Length, 1).expand(batch, _memory.Layers, _memory.Length, _memory.Width);
        return rings.reshape(batch, _memory.Layers, _memory.Length, _memory.Width).gather(2, index);
    }

    private Tensor NextState(Tensor memories, Tensor read, Tensor episodes, Tensor age, int steps, int batch)
    {
        int length = _memory.Length;
        Tensor last = episodes[steps - 1]; // [B]
        // Steps of the last episode: all, and the memory's, where none started; else those since its start.
        Tensor since = episodes.eq(last.unsqueeze(0)).sum(0L).unsqueeze(1); // [B, 1]
        Tensor count = where(last.unsqueeze(1).EqualTo(0), since.Plus(age), since);
        Tensor next = where(count.AtLeast(2 * length), count.Modulo(length).Plus(length), count);
        Tensor rows = cat([memories, read], 1).narrow(1, steps, length).permute(2, 0, 1, 3); // [B, L, M, width], oldest first
        Tensor filled = TorchNumbers.Range(length).neg().Plus(length).le(count).view(batch, 1, length, 1);
        Tensor rings = Roll((rows * filled).reshape(batch, -1), -next);
        return cat([rings.reshape(batch, -1), next.to(ScalarType.Float32)], 1);
    }
}
