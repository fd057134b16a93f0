using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Agents.Files;
using Agents.Policies;
using Chaos.Processes;
using Environments.State;
using Fleet.Journal;
using Learners.Checkpoints;
using Learners.Metrics;
using Learners.Runs;

namespace Chaos.Artefacts;

/// <summary>Puts a damaged artefact into the run folder.</summary>
/// <param name="samples">Whole ones.</param>
/// <param name="run">Destination.</param>
/// <param name="mutator">What damages.</param>
internal sealed class ArtefactDamage(ArtefactSamples samples, string run, Mutator mutator)
{
    // Half of a surrogate pair becomes what UTF-8 has in its place.
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly string[] Names =
    [
        "/dev/zero",
        "../diary.txt",
        "../../x",
        "/etc/passwd",
        "a\0b",
        "",
        ".",
        "policy",
        "~",
    ];

    /// <summary>Makes a damaged artefact of a kind.</summary>
    public void Make(ArtefactKind kind)
    {
        ArtefactSamples.Delete(run);
        switch (kind)
        {
            case ArtefactKind.Policy:
                ArtefactSamples.Copy(Path.Combine(mutator.Pick(samples.Runs), "policy"), run);
                DamagePolicy();
                break;
            case ArtefactKind.Config:
                Directory.CreateDirectory(run);
                ArtefactSamples.Copy(new RunFolder(mutator.Pick(samples.Runs)).Config, In("config.yaml"));
                DamageText("config.yaml");
                break;
            case ArtefactKind.State:
                ArtefactSamples.Copy(mutator.Pick(samples.Runs), run);
                DamageState();
                break;
            case ArtefactKind.Manifest:
                ArtefactSamples.Copy(mutator.Pick(samples.Runs), run);
                DamageManifest();
                break;
            case ArtefactKind.Journal:
                ArtefactSamples.Copy(samples.Fleet, run);
                DamageJournal();
                break;
            case ArtefactKind.Claim:
                Directory.CreateDirectory(run);
                ArtefactSamples.Copy(samples.ClaimFile, In("claim.yaml"));
                DamageText("claim.yaml");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }

    private string In(params ReadOnlySpan<string> parts) => Path.Combine([run, .. parts]);

    private void DamagePolicy()
    {
        if (mutator.Next(3) > 0)
        {
            DamageText(SavedPolicy.DescriptionFile);
            return;
        }
        if (!Replace(In(SavedPolicy.WeightsFile)))
        {
            DamageWeights();
        }
    }

    private void DamageWeights()
    {
        string weights = In(SavedPolicy.WeightsFile);
        byte[] bytes = File.ReadAllBytes(weights);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (mutator.Next(2) == 0)
        {
            File.WriteAllBytes(weights, mutator.Damage(bytes));
        }
        else
        {
            byte[] text = Lenient.GetBytes(mutator.Damage(Encoding.UTF8.GetString(bytes, 8, header)));
            var length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            File.WriteAllBytes(weights, [.. length, .. text, .. bytes.AsSpan(8 + header)]);
        }
        // The description names the hash of the weights; a stranger makes both.
        string description = In(SavedPolicy.DescriptionFile);
        string[] lines = File.ReadAllLines(description);
        int line = Array.FindIndex(lines, text => text.StartsWith("weights_sha256", StringComparison.Ordinal));
        lines[line] = $"weights_sha256: {AtomicFile.Hash(weights)}";
        File.WriteAllLines(description, lines);
    }

    private void DamageState()
    {
        string checkpoint = ArtefactSamples.NewestCheckpoint(run);
        byte[] bytes = File.ReadAllBytes(Path.Combine(checkpoint, ArtefactSamples.StateFile));
        byte[] changed =
            mutator.Next(4) == 0 ? mutator.Damage(bytes) : TrainingStateFile.Write(Lie(TrainingStateFile.Read(bytes)));
        ArtefactSamples.SaveState(checkpoint, changed);
    }

    // Values that each are of the right type and length, and together are not.
    private StateDictionary Lie(StateDictionary state)
    {
        (string Name, string Type, byte[] Bytes)[] entries = [.. state.Entries];
        for (int lies = 1 + mutator.Next(3); lies > 0; lies--)
        {
            (string name, string type, byte[] bytes) = mutator.Pick(entries);
            byte[] changed = [.. bytes];
            int width = Math.Max(1, Math.Min(8, changed.Length));
            int at = changed.Length > width ? mutator.Next(changed.Length / width) * width : 0;
            switch (mutator.Next(6))
            {
                case 0:
                    changed = mutator.Damage(changed);
                    break;
                case 1:
                    Array.Clear(changed);
                    break;
                case 2:
                    Array.Fill(changed, (byte)255);
                    break;
                case 3 when changed.Length >= 8:
                    BinaryPrimitives.WriteInt64LittleEndian(
                        changed.AsSpan(at),
                        mutator.Pick([-1L, long.MaxValue, long.MinValue, 1L << 31, 0L])
                    );
                    break;
                case 4 when changed.Length >= 4:
                    float real = mutator.Pick([float.NaN, float.PositiveInfinity, -1e30f, float.Epsilon, 0f]);
                    BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(at), real);
                    break;
                default:
                    for (int i = 0; i < changed.Length; i++)
                    {
                        changed[i] = (byte)mutator.Next(256);
                    }
                    break;
            }
            state.AddRaw(name, mutator.Next(20) == 0 ? "Int128" : type, changed);
        }
        return state;
    }

    private void DamageManifest()
    {
        string checkpoint = ArtefactSamples.NewestCheckpoint(run);
        string manifest = Path.Combine(checkpoint, CheckpointStore.ManifestFile);
        if (Replace(manifest))
        {
            return;
        }
        string text = File.ReadAllText(manifest);
        if (mutator.Next(2) == 0)
        {
            string name = JsonSerializer.Serialize(mutator.Pick(Names));
            text = text.Replace("\"files\": {", $"\"files\": {{ {name}: \"{new string('0', 64)}\",", StringComparison.Ordinal);
        }
        else
        {
            text = mutator.Damage(text);
        }
        File.WriteAllText(manifest, text, Lenient);
    }

    private void DamageJournal()
    {
        string segment = mutator.Pick(JournalReader.List(In("journal"))).Path;
        if (mutator.Next(10) == 0 && Replace(segment))
        {
            return;
        }
        byte[] bytes = File.ReadAllBytes(segment);
        if (mutator.Next(2) == 0)
        {
            File.WriteAllBytes(segment, mutator.Damage(bytes));
            return;
        }
        // The first record, damaged and summed up again.
        int start = JournalRecord.Magic.Length;
        int length =
            bytes.Length > start + JournalRecord.PrefixSize ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start)) : 0;
        int end = start + JournalRecord.PrefixSize + length;
        byte[] content = mutator.Damage(bytes.AsSpan(start + JournalRecord.PrefixSize, length).ToArray());
        var prefix = new byte[JournalRecord.PrefixSize];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(4), Crc32C.Compute(content));
        File.WriteAllBytes(
            segment,
            [.. bytes.AsSpan(0, start), .. prefix, .. content, .. bytes.AsSpan(Math.Min(end, bytes.Length))]
        );
    }

    private void DamageText(string name)
    {
        string path = In(name);
        if (!Replace(path))
        {
            File.WriteAllText(path, mutator.Damage(File.ReadAllText(path)), Lenient);
        }
    }

    /// <summary>Now and then puts something else in a file's place: a link, a folder, a pipe, nothing.</summary>
    private bool Replace(string path)
    {
        if (mutator.Next(12) > 0)
        {
            return false;
        }
        File.Delete(path);
        switch (mutator.Next(6))
        {
            case 0:
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case 1:
                File.CreateSymbolicLink(path, Path.Combine(run, "..", "diary.txt"));
                break;
            case 2:
                Directory.CreateDirectory(path);
                break;
            case 3:
                NamedPipe.Make(path);
                break;
            case 4:
                using (FileStream sparse = File.Create(path))
                {
                    sparse.SetLength(1L << 33);
                }
                break;
            default:
                break;
        }
        return true;
    }
}
