using System.Globalization;
using Agents.Files;
using Environments.State;
using Learners.Checkpoints;
using Learners.Runs;

namespace Chaos.Artefacts;

/// <summary>Whole artefacts to damage, made once by the command line itself.</summary>
internal sealed class ArtefactSamples
{
    /// <summary>File of a checkpoint's state.</summary>
    public const string StateFile = "state.msgpack";

    private const string Claim = """
        title: PPO and A2C learn
        source: a campaign
        notes: |
          Nothing is expected of it.
        seeds: 1
        curve_episodes: 10
        settings:
          evaluation: { final_episodes: 3 }
        arms:
          - name: ppo
            label: PPO
            settings: { ppo: { epochs: 1 } }
          - name: a2c
            environment_options: {}
        tasks:
          - environment: CartPole-v1
            steps: 256
            threshold: 15
        measures:
          - name: frames to 15
            metric: steps_to_threshold
            episodes: 5
            arms: [ppo, a2c]
            expected: below
        """;

    private readonly string _folder;

    private ArtefactSamples(string folder) => _folder = folder;

    /// <summary>Makes them.</summary>
    /// <param name="folder">New folder.</param>
    /// <param name="run">Runs a command line in this process; gives its exit code and what it said to people.</param>
    /// <exception cref="IOException">A sample could not be made.</exception>
    public static async Task<ArtefactSamples> MakeAsync(string folder, Func<string[], Task<(int Code, string Errors)>> run)
    {
        Directory.CreateDirectory(folder);
        var samples = new ArtefactSamples(folder);
        string[] small = ["network.hidden_sizes=[8]", "evaluation.episodes=0", "evaluation.final_episodes=1"];
        await MakeAsync([
                "train",
                "CartPole-v1",
                "--steps",
                "256",
                "--out",
                samples.In("plain"),
                "--set",
                .. small,
                "ppo.copies=2",
                "ppo.unroll_length=8",
                "ppo.epochs=1",
                "ppo.minibatches=1",
                "checkpoints.every_steps=64",
            ])
            .ConfigureAwait(false);
        await MakeAsync([
                "train",
                "CartPole-v1",
                "--agent",
                "a2c",
                "--core",
                "lstm",
                "--steps",
                "256",
                "--out",
                samples.In("memory"),
                "--set",
                .. small,
                "network.core_size=4",
                "a2c.copies=2",
                "a2c.unroll_length=8",
                "wrappers.normalize_observations=true",
                "wrappers.normalize_rewards=true",
                "wrappers.frame_stack=2",
                "wrappers.sticky_actions=0.1",
                "checkpoints.every_steps=64",
            ])
            .ConfigureAwait(false);
        string socket = "unix:" + samples.In("s");
        Task<(int Code, string Errors)> actor = run(["actor", "--learner", socket, "--id", "sample"]);
        await MakeAsync([
                "learner",
                "CartPole-v1",
                "--listen",
                socket,
                "--journal",
                "--steps",
                "512",
                "--out",
                samples.In("fleet"),
                "--set",
                .. small,
                "impala.copies=2",
                "impala.unroll_length=8",
                "fleet.keep_journal=true",
                "checkpoints.every_steps=128",
            ])
            .ConfigureAwait(false);
        await actor.ConfigureAwait(false);
        await File.WriteAllTextAsync(samples.In("claim.yaml"), Claim).ConfigureAwait(false);
        return samples;

        async Task MakeAsync(string[] arguments)
        {
            (int code, string errors) = await run(arguments).ConfigureAwait(false);
            if (code != 0)
            {
                throw new IOException($"A sample could not be made ({code}): {errors.Trim()}");
            }
        }
    }

    /// <summary>Folders of runs that <c>train</c> made.</summary>
    public IReadOnlyList<string> Runs => [In("plain"), In("memory")];

    /// <summary>Folder of a run that <c>learner</c> made, with its journal.</summary>
    public string Fleet => In("fleet");

    /// <summary>A claim.</summary>
    public string ClaimFile => In("claim.yaml");

    /// <summary>Copies a folder or file; the destination is replaced.</summary>
    public static void Copy(string from, string to)
    {
        Delete(to);
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }
        Directory.CreateDirectory(to);
        foreach (string entry in Directory.EnumerateFileSystemEntries(from))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }

    /// <summary>Deletes a folder, file, link or pipe, if it is there.</summary>
    public static void Delete(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    /// <summary>The newest checkpoint of a run.</summary>
    public static string NewestCheckpoint(string run) =>
        Directory
            .EnumerateDirectories(new RunFolder(run).Checkpoints)
            .MaxBy(path => long.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))!;

    /// <summary>Replaces the state of a checkpoint, and its hash in the manifest.</summary>
    public static void SaveState(string checkpoint, StateDictionary state) =>
        SaveState(checkpoint, TrainingStateFile.Write(state));

    /// <summary>Replaces the bytes of the state of a checkpoint, and their hash in the manifest.</summary>
    public static void SaveState(string checkpoint, byte[] state)
    {
        string file = Path.Combine(checkpoint, StateFile);
        string old = AtomicFile.Hash(file);
        File.WriteAllBytes(file, state);
        string manifest = Path.Combine(checkpoint, CheckpointStore.ManifestFile);
        string text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text.Replace(old, AtomicFile.Hash(file), StringComparison.Ordinal));
    }

    private string In(string name) => Path.Combine(_folder, name);
}
