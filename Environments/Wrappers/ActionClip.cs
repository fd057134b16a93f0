using Environments.Spaces;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Environments.Wrappers;

/// <summary>Clips actions to the bounds of the action space before the environment sees them, for policies whose actions are unbounded.</summary>
/// <remarks>The policy's log-probability stays that of its own, unclipped action. NaN is passed on, so that the environment reports it.</remarks>
public sealed class ActionClip : BatchedEnvironmentWrapper
{
    private readonly Box _space;
    private readonly float[] _actions;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment with a <see cref="Box"/> of actions; owned from now on.</param>
    /// <exception cref="ArgumentException">The action space is no box.</exception>
    public ActionClip(IBatchedEnvironment inner)
        : base(inner)
    {
        _space =
            inner.Spec.ActionSpace as Box
            ?? throw new ArgumentException(
                $"{inner.Spec.Id} takes {inner.Spec.ActionSpace}; only actions of a Box can be clipped. Leave the clipping out.",
                nameof(inner)
            );
        _actions = new float[inner.Count * _space.Size];
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        if (actions.Length == _actions.Length)
        {
            for (int i = 0; i < actions.Length; i += _space.Size)
            {
                Span<float> clipped = _actions.AsSpan(i, _space.Size);
                TensorPrimitives.Max(actions.Slice(i, _space.Size), _space.Low, clipped);
                TensorPrimitives.Min(clipped, _space.High, clipped);
            }
            actions = _actions;
        }
        Inner.Step(actions);
    }
}
