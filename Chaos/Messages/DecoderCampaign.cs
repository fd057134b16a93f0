using System.Buffers;
using Chaos.Campaigns;
using Protos.Fleet;
using Protos.Rpc;

namespace Chaos.Messages;

/// <summary>Gives messages that no actor sends to what decodes and checks them, without a network: nothing may be thrown, kept or believed.</summary>
internal static class DecoderCampaign
{
    private const int LookEvery = 100_000;
    private const int Quarters = 4;

    /// <summary>Decodes messages.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of all that is drawn.</param>
    /// <param name="report">Receives figures and bars.</param>
    /// <param name="progress">Told now and then how many there were.</param>
    public static void Run(int count, ulong seed, ChaosReport report, Action<string> progress)
    {
        var messages = new DamagedMessages("CartPole-v1", seed);
        var pool = new UnrollPool(messages.Checks.Refusal, capacity: 8);
        long accepted = 0;
        long impossible = 0;
        long exceptions = 0;
        var memory = new List<long>();
        for (int i = 0; i < count; i++)
        {
            byte[] message = messages.Draw(i);
            try
            {
                ActorFrame frame = ActorWire.Read(new ReadOnlySequence<byte>(message), pool);
                if (frame.Unroll is { } unroll)
                {
                    if (messages.Checks.Defect(unroll) is null)
                    {
                        accepted++;
                        impossible += messages.Possible.Contains(unroll) ? 0 : 1;
                    }
                    pool.Return(unroll);
                }
            }
            catch (Exception exception)
            {
                // Whatever it is, a learner would have met it.
                exceptions++;
                report.Remark($"Message {i} of seed {seed}: {exception}");
            }
            if ((i + 1) % Math.Max(1, count / Quarters) == 0)
            {
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
            if ((i + 1) % LookEvery == 0)
            {
                progress($"{i + 1} of {count} messages decoded, {accepted} accepted");
            }
        }
        report.AddAtLeast("decoded_messages", count, count);
        report.Add("decoded_and_accepted", accepted);
        report.AddAtMost("decoded_with_an_exception", exceptions, 0);
        report.AddAtMost("accepted_though_impossible", impossible, 0);
        // After the first quarter, which shows a young process whose code is compiled.
        report.AddAtMost("decoder_growth_megabytes", (memory[^1] - memory[0]) / 1e6, 1);
    }
}
