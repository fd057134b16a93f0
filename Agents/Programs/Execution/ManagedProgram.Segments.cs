using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agents.Programs.Planning;

namespace Agents.Programs.Execution;

/// <content>How rows pass through segments.</content>
internal sealed partial class ManagedProgram
{
    private void RunSegment(Segment segment)
    {
        foreach (Slot sum in segment.Sums)
        {
            if (sum.Source != Slot.Gradient)
            {
                _arrays.Rows(sum, 0, 0).Clear();
            }
        }
        int count = _arrays.Counts[segment.SpaceIndex];
        int step = _arrays.Counts[1];
        switch (segment.Kind)
        {
            case SegmentKind.Once:
                RunBlock(segment, 0, 0, whole: false);
                break;
            case SegmentKind.Blocks:
                for (int first = 0; first < count; first += _plan.Options.BlockRows)
                {
                    RunBlock(segment, first, Math.Min(_plan.Options.BlockRows, count - first), whole: false);
                }
                break;
            case SegmentKind.LoopUp:
                for (int first = 0; first < count; first += step)
                {
                    RunBlock(segment, first, step, whole: false);
                }
                break;
            case SegmentKind.LoopDown:
                for (int first = count - step; first >= 0; first -= step)
                {
                    RunBlock(segment, first, step, whole: false);
                }
                break;
            case SegmentKind.AllRows:
                RunBlock(segment, 0, count, whole: true);
                break;
            default:
                throw new SwitchExpressionException(segment.Kind);
        }
    }

    private void RunOnce(Segment segment)
    {
        foreach (Slot sum in segment.Sums)
        {
            _arrays.Rows(sum, 0, 0).Clear();
        }
        RunBlock(segment, 0, 0, whole: false);
    }

    private void RunBlock(Segment segment, int first, int rows, bool whole)
    {
        foreach (Instruction instruction in ImmutableCollectionsMarshal.AsArray(segment.Instructions)!)
        {
            _current = instruction;
            instruction.Operator.Run(new Frame(_arrays, instruction, first, rows, whole));
        }
    }
}
