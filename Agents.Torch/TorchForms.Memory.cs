using Agents.Programs;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <content>Rings, and attention over them.</content>
internal static partial class TorchForms
{
    // So low a score that its weight is exactly 0.
    private const float Unseen = -1e9f;

    private static void AddMemory(FormTable<Tensor> table)
    {
        table.Binary<RowDots>((a, b) => a.matmul(b.t()));
        table.Several<RingAge>(call =>
        {
            int length = ((RingAge)call.Node.Operator).Length;
            Tensor keeps = call.Inputs[1].to_type(ScalarType.Bool).to_type(ScalarType.Float32);
            Tensor age = AgeOf(call.Inputs[0], length).mul(keeps);
            Tensor wraps = age.AtLeast(2L * length - 1).to_type(ScalarType.Float32);
            return [age, age.Plus(1L).Plus(wraps.Times(-length))];
        });
        table.One<RingRows>((operation, call) => RowsOf(operation.Ring, call.Inputs[0], call.Inputs[1]));
        table.One<StateUpdate>((operation, call) => Updated(operation, call.Inputs));
        table.Several<RelativeAttention>(call => Attend((RelativeAttention)call.Node.Operator, call.Inputs, call.Size.Sequences));
        table.Several<RelativeAttentionGradient>(AttentionGradients);
        table.Several<RingAttention>(call => AttendRing((RingAttention)call.Node.Operator, call.Inputs));
        AddFastWeights(table);
    }

    private static Tensor AgeOf(Tensor stored, int length) => stored.nan_to_num(0.0).Within(0, 2 * length - 1).floor();

    private static Tensor Range(long count, Tensor like) => TorchNumbers.Range(count).to(like.device);

    // Rows of each ring in the order of time, [B, M, width], oldest first, and 0 before the episode.
    private static Tensor InOrder(Ring ring, Tensor state, Tensor age)
    {
        long batch = state.shape[0];
        Tensor rows = state.narrow(1, ring.Offset, ring.Size).reshape(batch, ring.Length, ring.Width);
        Tensor slots = AgeOf(age, ring.Length).to_type(ScalarType.Int64).Plus(Range(ring.Length, state)).Modulo(ring.Length);
        Tensor inOrder = rows.gather(1, slots.unsqueeze(2).expand(batch, ring.Length, ring.Width));
        Tensor filled = Range(ring.Length, state).neg().Plus(ring.Length).le(AgeOf(age, ring.Length)); // [B, M]
        return where(filled.unsqueeze(2), inOrder, zeros_like(inOrder));
    }

    private static Tensor RowsOf(Ring ring, Tensor state, Tensor age) =>
        InOrder(ring, state, age).transpose(0, 1).reshape(ring.Length * state.shape[0], ring.Width);

    private static Tensor Updated(StateUpdate operation, Tensor[] inputs)
    {
        Tensor state = inputs[0].clone();
        int ring = 1 + operation.Places.Length;
        for (int i = 0; i < operation.Places.Length; i++)
        {
            StatePlace place = operation.Places[i];
            Tensor written = inputs[i + 1];
            if (place.IsRing)
            {
                Tensor age = inputs[ring++].to_type(ScalarType.Int64);
                long batch = state.shape[0];
                Tensor rows = state.narrow(1, place.Offset, place.Length * place.Columns);
                Tensor kept = where(age.AtLeast(1), rows, zeros_like(rows));
                Tensor slot = age.Modulo(place.Length).unsqueeze(2).expand(batch, 1, place.Columns);
                written = kept.reshape(batch, place.Length, place.Columns)
                    .scatter(1, slot, written.unsqueeze(1))
                    .reshape(batch, place.Length * place.Columns);
            }
            state = cat([state.narrow(1, 0, place.Offset), written, state.narrow(1, place.End, state.shape[1] - place.End)], 1);
        }
        return state;
    }

    /// <summary>From scores by place to scores by key: row t moves right by t, and zeros fill the rest.</summary>
    /// <param name="byPlace"><c>[…, T, M + 1]</c>: from the farthest key to the query itself.</param>
    /// <returns><c>[…, T, M + T]</c>: keys in the order of time.</returns>
    internal static Tensor Shift(Tensor byPlace)
    {
        // Rows of W = M + 1 + T numbers, read again as rows of W − 1, start one number later each.
        long[] shape = byPlace.shape;
        (long steps, long places) = (shape[^2], shape[^1]);
        long width = places + steps;
        Tensor padded = nn.functional.pad(byPlace, [0, steps]);
        return padded
            .reshape([.. shape[..^2], steps * width])
            .narrow(-1, 0, steps * (width - 1))
            .reshape([.. shape[..^2], steps, width - 1]);
    }

    private static Tensor[] Attend(RelativeAttention attention, Tensor[] inputs, long batch)
    {
        (int heads, int length) = (attention.Heads, attention.Length);
        long steps = inputs[0].shape[0] / batch;
        long size = inputs[0].shape[1] / heads;
        long keys = length + steps;
        Tensor query = inputs[0];
        Tensor key = ByHead(cat([inputs[3], inputs[1]], 0), keys);
        Tensor value = ByHead(cat([inputs[4], inputs[2]], 0), keys);
        Tensor position = inputs[5].reshape(1, heads, size, length + 1);
        Tensor content = ByHead(query.Plus(inputs[6]), steps).matmul(key.transpose(2, 3)); // [B, H, T, M + T]
        Tensor byPlace = ByHead(query.Plus(inputs[7]), steps).matmul(position);
        Tensor seen = Seen(inputs[8].reshape(steps, batch), AgeOf(inputs[9], length), steps, length);
        Tensor scores = content.Plus(Shift(byPlace)).Times(1 / MathF.Sqrt(size));
        Tensor weights = scores.Plus(seen.logical_not().to_type(ScalarType.Float32).Times(Unseen)).softmax(-1);
        Tensor mixed = weights.matmul(value).permute(2, 0, 1, 3).reshape(steps * batch, heads * size);
        Tensor places = Range(steps, inputs[0]).unsqueeze(1).Plus(Range(length + 1, inputs[0]).unsqueeze(0));
        Tensor banded = weights.gather(3, places.expand(batch, heads, steps, length + 1));
        return [mixed, banded.permute(2, 0, 1, 3).reshape(steps * batch, heads * (length + 1))];

        Tensor ByHead(Tensor rows, long count) => rows.reshape(count, batch, heads, size).permute(1, 2, 0, 3);
    }

    // [B, 1, T, M + T]: whether a query sees a key.
    private static Tensor Seen(Tensor keep, Tensor age, long steps, int length)
    {
        Tensor episodes = keep.neg().Plus(1).cumsum(0); // [T, B]: episodes that started since the memory
        Tensor time = Range(steps, keep).unsqueeze(1);
        Tensor row = Range(length, keep); // oldest first: M − row steps before step 0
        Tensor filled = row.neg().Plus(length).le(age); // [B, M]
        Tensor old = episodes.EqualTo(0).unsqueeze(-1).logical_and(filled.unsqueeze(0)); // [T, B, M]
        Tensor near = row.unsqueeze(0).ge(time).unsqueeze(1); // [T, 1, M]
        Tensor same = episodes.unsqueeze(-1).eq(episodes.transpose(0, 1).unsqueeze(0)); // [T, B, T]
        Tensor distance = time - Range(steps, keep).unsqueeze(0);
        Tensor inBand = distance.AtLeast(0).logical_and(distance.AtMost(length)).unsqueeze(1); // [T, 1, T]
        Tensor seen = cat([old.logical_and(near), same.logical_and(inBand)], -1);
        return seen.permute(1, 0, 2).unsqueeze(1);
    }

    // By hand, as the weights are given: what autograd would do.
    private static Tensor[] AttentionGradients(Call<Tensor> call)
    {
        RelativeAttention attention = ((RelativeAttentionGradient)call.Node.Operator).Attention;
        Tensor[] inputs = call.Inputs;
        (int heads, int length) = (attention.Heads, attention.Length);
        long batch = call.Size.Sequences;
        long steps = inputs[0].shape[0] / batch;
        long size = inputs[0].shape[1] / heads;
        long keys = length + steps;
        float scale = 1 / MathF.Sqrt(size);
        Tensor key = ByHead(cat([inputs[3], inputs[1]], 0), keys);
        Tensor value = ByHead(cat([inputs[4], inputs[2]], 0), keys);
        Tensor position = inputs[5].reshape(1, heads, size, length + 1);
        Tensor banded = inputs[8].reshape(steps, batch, heads, length + 1).permute(1, 2, 0, 3);
        Tensor weights = Shift(banded);
        Tensor gradient = ByHead(inputs[9], steps);
        Tensor ofWeights = gradient.matmul(value.transpose(2, 3));
        Tensor ofScores = weights.mul(ofWeights.Plus(weights.mul(ofWeights).sum([-1L], true).neg())).Times(scale);
        Tensor places = Range(steps, inputs[0]).unsqueeze(1).Plus(Range(length + 1, inputs[0]).unsqueeze(0));
        Tensor byPlace = ofScores.gather(3, places.expand(batch, heads, steps, length + 1));
        Tensor forContent = ByHead(inputs[0].Plus(inputs[6]), steps);
        Tensor forPosition = ByHead(inputs[0].Plus(inputs[7]), steps);
        Tensor ofContent = Flat(ofScores.matmul(key), steps);
        Tensor ofPosition = Flat(byPlace.matmul(position.transpose(2, 3)), steps);
        Tensor ofKeys = Flat(ofScores.transpose(2, 3).matmul(forContent), keys);
        Tensor ofValues = Flat(weights.transpose(2, 3).matmul(gradient), keys);
        Tensor ofPositionKeys = forPosition.transpose(2, 3).matmul(byPlace).sum([0L]).reshape(heads * size, length + 1);
        long remembered = length * batch;
        long own = steps * batch;
        return
        [
            ofContent.Plus(ofPosition),
            ofKeys.narrow(0, remembered, own),
            ofValues.narrow(0, remembered, own),
            ofKeys.narrow(0, 0, remembered),
            ofValues.narrow(0, 0, remembered),
            ofPositionKeys,
            ofContent.sum([0L], true),
            ofPosition.sum([0L], true),
        ];

        Tensor ByHead(Tensor rows, long count) => rows.reshape(count, batch, heads, size).permute(1, 2, 0, 3);

        Tensor Flat(Tensor byHead, long count) => byHead.permute(2, 0, 1, 3).reshape(count * batch, heads * size);
    }

    private static Tensor[] AttendRing(RingAttention attention, Tensor[] inputs)
    {
        Ring ring = attention.Ring;
        int heads = attention.Heads;
        long batch = inputs[0].shape[0];
        long size = inputs[0].shape[1] / heads;
        Tensor rows = cat([InOrder(ring, inputs[2], inputs[3]), inputs[1].unsqueeze(1)], 1); // [B, M + 1, width]
        if (inputs.Length == 11)
        {
            rows = rows.mul(inputs[9]).Plus(inputs[10]);
        }
        Tensor key = rows.matmul(inputs[4].t()).reshape(batch, ring.Length + 1, heads, size).permute(0, 2, 3, 1);
        Tensor valueWeight = inputs[5].reshape(heads, ring.Width, size);
        Tensor value = rows.unsqueeze(1).matmul(valueWeight.unsqueeze(0)); // [B, H, M + 1, size]
        Tensor content = inputs[0].Plus(inputs[7]).reshape(batch, heads, 1, size).matmul(key);
        Tensor position = inputs[6].reshape(1, heads, size, ring.Length + 1);
        Tensor byPlace = inputs[0].Plus(inputs[8]).reshape(batch, heads, 1, size).matmul(position);
        Tensor filled = Range(ring.Length + 1, inputs[0]).neg().Plus(ring.Length).le(inputs[3]); // [B, M + 1]
        Tensor scores = content.Plus(byPlace).Times(1 / MathF.Sqrt(size));
        Tensor hidden = filled.logical_not().to_type(ScalarType.Float32).Times(Unseen).reshape(batch, 1, 1, ring.Length + 1);
        Tensor weights = scores.Plus(hidden).softmax(-1);
        return [weights.matmul(value).reshape(batch, heads * size), weights.reshape(batch, heads * (ring.Length + 1))];
    }
}
