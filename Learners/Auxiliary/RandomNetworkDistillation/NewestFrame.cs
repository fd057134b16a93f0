using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Spaces;

namespace Learners.Auxiliary;

/// <summary>Takes the newest frame out of stacked observations; of observations that are no stack, or of which a view is read, everything.</summary>
/// <remarks>Burda et al. 2018, arXiv 1810.12894, table 5: the policy reads four stacked frames, target and predictor one.</remarks>
internal sealed class NewestFrame
{
    private readonly int _stackSize;
    private float[] _frames = []; // [N, Space.Size]

    /// <summary>The newest frame of a network's observations.</summary>
    /// <param name="agent">The network.</param>
    /// <param name="frames">Frames in a stack, at least 1.</param>
    public NewestFrame(NetworkSpec agent, int frames)
    {
        _stackSize = agent.ObservationSize;
        Space = agent.ObservationSpace;
        if (frames > 1 && agent.Settings.View is null && Space is Box stack)
        {
            int first = stack.Size - stack.Size / frames; // the oldest comes first
            // An image without channels would be no image any more.
            int[] shape = [.. stack.Shape[1..], .. agent.Plan.Convolves && stack.Shape.Length == 3 ? (int[])[1] : []];
            Space = new Box(stack.Low[first..].ToArray(), stack.High[first..].ToArray(), shape)
            {
                ElementType = stack.ElementType,
            };
        }
        Plan = new EncoderPlan(Space, agent.Settings.OfEncoder);
    }

    /// <summary>One frame.</summary>
    public Space Space { get; }

    /// <summary>How a network reads one, as the agent's settings say.</summary>
    public EncoderPlan Plan { get; }

    /// <summary>The newest frames of rows of observations.</summary>
    /// <param name="observations"><c>[N, ObservationSize]</c>.</param>
    /// <returns><c>[N, Space.Size]</c>, until the next call.</returns>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> observations)
    {
        int size = Space.Size;
        if (size == _stackSize)
        {
            return observations;
        }
        int rows = observations.Length / _stackSize;
        if (_frames.Length != rows * size)
        {
            _frames = new float[rows * size];
        }
        for (int row = 0; row < rows; row++)
        {
            observations.Slice((row + 1) * _stackSize - size, size).CopyTo(_frames.AsSpan(row * size));
        }
        return _frames;
    }
}
