using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Studies.Legs;
using Studies.Runs;
using Studies.Trials;

namespace Studies.Running;

/// <summary>
/// Has the runs of a claim trained as legs of a study, wherever legs are trained: so an arm runs on the workers of a cluster, too. What is no run of an agent, or
/// begins with another run's result, is left to another starter.
/// </summary>
/// <param name="runner">Trains legs.</param>
/// <param name="others">Trains the rest.</param>
/// <param name="otherJobs">How many of the rest at a time: a cluster takes more runs than this machine has processors.</param>
internal sealed class LegRunStarter(ILegRunner runner, IRunStarter others, int otherJobs) : IRunStarter, IDisposable
{
    private const int MostAttempts = 5;

    private readonly SemaphoreSlim _othersTurn = new(otherJobs);

    /// <inheritdoc/>
    public async Task<string?> RunAsync(PlannedRun run, RunFiles files, bool resume, CancellationToken cancellationToken)
    {
        if (run.Work is not AgentWork work || run.After.Count > 0)
        {
            await _othersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await others.RunAsync(run, files, resume, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _othersTurn.Release();
            }
        }
        LegOrder order = OrderOf(run, work);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                LegResult result = await runner.RunAsync(order, Nobody.Instance, cancellationToken).ConfigureAwait(false);
                return result.Failure;
            }
            catch (LegLostException exception) when (attempt == MostAttempts)
            {
                return $"{exception.Message} It was tried {attempt} times.";
            }
            catch (LegLostException)
            {
                // It goes on elsewhere from what could be fetched of it.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _othersTurn.Dispose();
        (runner as IDisposable)?.Dispose();
    }

    private static LegOrder OrderOf(PlannedRun run, AgentWork work) =>
        new()
        {
            Number = NumberOf(run.Folder),
            IsRun = true,
            Folder = run.Folder,
            Config = work.Text,
            ToSteps = work.Steps,
            Score = StudyScore.Evaluation,
            Episodes = work.Settings.Evaluation.FinalEpisodes,
        };

    // The same whenever the claim is gone on with, with whatever seeds: whoever holds the leg knows it by its number.
    private static int NumberOf(string folder) =>
        BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Replace('\\', '/')))) & int.MaxValue;

    // How far runs are is read from their folders, as for all.
    private sealed class Nobody : IProgress<long>
    {
        public static Nobody Instance { get; } = new();

        public void Report(long value) { }
    }
}
