using Agents.Files;
using Learners.Composition;
using Learners.Runs;
using Learners.Training;
using Protos.Foreign;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>
/// Trains a stretch of a population's member, from where an earlier one was saved into a folder of its own. One that is asked to stop saves beside it and goes on from there;
/// one whose process was killed begins again, unless it had ended.
/// </summary>
/// <param name="root">Folder that the order's folders are relative to.</param>
/// <param name="options">Where environments and agents are looked up.</param>
/// <param name="settingsOf">Settings of a member at its first step.</param>
internal sealed class MemberTraining(string root, TrainingOptions options, Func<LegOrder, TrainingSettings> settingsOf)
{
    /// <summary>Behind the name of a stretch's folder, where it was asked to stop.</summary>
    public const string Part = ".part";

    private const string ResultName = "leg.json";
    private const int LargestResult = 1 << 20;

    /// <inheritdoc cref="ILegRunner.RunAsync"/>
    public async Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(root, order.Folder);
        string part = folder + Part;
        if (File.Exists(Path.Combine(folder, ResultName)))
        {
            return LegMessages.Read<LegResult>(PlainFile.ReadTextIn(folder, ResultName, LargestResult)); // nobody had written that it ended
        }
        // What a process left that was killed while it saved is no whole stretch.
        AtomicFolder.TryDelete(folder);
        using TrainingSession session = RunFolder.Exists(part) ? TrainingSession.Load(part, [], options) : Begin(order);
        while (session.Steps < order.ToSteps)
        {
            if (await session.AdvanceAsync(1, cancellationToken).ConfigureAwait(false) == 0)
            {
                break;
            }
            progress.Report(session.Steps);
        }
        if (cancellationToken.IsCancellationRequested)
        {
            AtomicFolder.TryDelete(part);
            session.Save(part);
            throw new OperationCanceledException(cancellationToken);
        }
        var result = LegResult.Of(session.Play(order.Episodes, (uint)order.Number + 1, cancellationToken), session.Steps);
        session.Save(folder);
        AtomicFile.Write(Path.Combine(folder, ResultName), LegMessages.Write(result));
        AtomicFolder.TryDelete(part);
        return result;
    }

    private TrainingSession Begin(LegOrder order)
    {
        TrainingSession session = order.Begin is { } begin
            ? TrainingSession.Load(Path.Combine(root, begin), [], options)
            : TrainingSession.Create(settingsOf(order), options);
        try
        {
            if (order.CopyOf is { } copied)
            {
                using TrainingSession source = TrainingSession.Load(Path.Combine(root, copied), [], options);
                session.TakeOver(source, withOptimizer: true);
            }
            // After what was taken over, which brings no settings along.
            session.Change([.. order.Changes]);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
