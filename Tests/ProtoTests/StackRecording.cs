using Environments.Wrappers;
using Protos;

namespace Tests.ProtoTests;

/// <summary>Unrolls of a real frame stack, kept as single frames, beside the stacked rows that the environment showed.</summary>
internal sealed class StackRecording : IDisposable
{
    private readonly FrameStack _stack;
    private readonly bool[] _starts;

    public StackRecording(CountingEnvironment environment, int frames, int steps)
    {
        _stack = new FrameStack(environment, frames);
        int frameSize = environment.Spec.ObservationSpace.Size;
        Shape = new UnrollShape(steps, environment.Count, new ObservationFormat(frameSize, frames, environment.IsBytes), 1, 2);
        _starts = new bool[environment.Count];
        Array.Fill(_starts, true);
        _stack.Reset(0);
    }

    public UnrollShape Shape { get; }

    public void Dispose() => _stack.Dispose();

    /// <summary>Records the next unroll, as the actor's recorder does.</summary>
    /// <returns>The unroll, its stacked rows <c>[T + 1, B, ObservationSize]</c>, and the final ones in the order of their rows.</returns>
    public (Unroll Unroll, List<float> Rows, List<float[]> Finals) Next()
    {
        var unroll = new Unroll(Shape);
        List<float> rows = [];
        List<float[]> finals = [];
        for (int t = 0; t <= Shape.Steps; t++)
        {
            unroll.Observations.Write(t, _stack.Observations);
            _starts.CopyTo(unroll.EpisodeStarts, t * Shape.Copies);
            rows.AddRange(_stack.Observations);
            if (t == Shape.Steps)
            {
                break;
            }
            _stack.Step(new float[Shape.Copies]);
            _stack.Rewards.CopyTo(unroll.Rewards.AsSpan(t * Shape.Copies));
            _stack.Terminated.CopyTo(unroll.Terminated.AsSpan(t * Shape.Copies));
            _stack.Truncated.CopyTo(unroll.Truncated.AsSpan(t * Shape.Copies));
            for (int b = 0; b < Shape.Copies; b++)
            {
                int row = t * Shape.Copies + b;
                unroll.Actions[row] = unroll.Rewards[row] + 0.5f;
                unroll.BehaviourLogProbs[row] = -unroll.Rewards[row];
                _starts[b] = unroll.Terminated[row] | unroll.Truncated[row];
                if (_starts[b])
                {
                    int size = Shape.Observations.ObservationSize;
                    float[] final = _stack.FinalObservations.Slice(b * size, size).ToArray();
                    unroll.AddFinalObservation(row, final);
                    unroll.AddEpisode(new CompletedEpisode(unroll.Rewards[row], t + 1));
                    finals.Add(final);
                }
            }
        }
        for (int i = 0; i < unroll.InitialCoreState.Length; i++)
        {
            unroll.InitialCoreState[i] = unroll.Rewards[i / 2] + 0.125f * (i % 2);
        }
        return (unroll, rows, finals);
    }
}
