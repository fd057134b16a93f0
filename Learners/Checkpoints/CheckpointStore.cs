using System.Globalization;
using System.Text.Json;
using Agents.Files;
using Agents.Policies;
using Environments.State;
using Protos.Foreign;

namespace Learners.Checkpoints;

/// <summary>The checkpoints of a run: one folder per saved step, whole and hashed, the newest few kept.</summary>
/// <remarks>
/// A folder is written beside its place, flushed and renamed, so a torn one never gets its name; its manifest holds the SHA-256 of
/// every file, so a damaged one is never loaded.
/// </remarks>
internal sealed class CheckpointStore
{
    private const string StateFile = "state.msgpack";

    /// <summary>File that lists and hashes the others.</summary>
    public const string ManifestFile = "manifest.json";
    private const string PolicyFolder = "policy";

    private const int LargestManifest = 1 << 20;
    private const int MostFiles = 100;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _folder;
    private readonly int _keep;

    /// <summary>The checkpoints below a folder.</summary>
    /// <param name="folder">Folder of all checkpoints; made when the first one is saved.</param>
    /// <param name="keep">How many of the newest to keep.</param>
    public CheckpointStore(string folder, int keep)
    {
        _folder = folder;
        _keep = keep;
    }

    /// <summary>Writes one file; tests put a full disk here.</summary>
    internal Action<string, byte[]> WriteFile { get; init; } = File.WriteAllBytes;

    /// <summary>Checkpoints by step, the newest first.</summary>
    public IReadOnlyList<SavedCheckpoint> List()
    {
        var found = new List<SavedCheckpoint>();
        foreach (string path in Directory.Exists(_folder) ? Directory.GetDirectories(_folder) : [])
        {
            if (
                !AtomicFolder.IsTemporary(path)
                && long.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out long steps)
            )
            {
                found.Add(new SavedCheckpoint(steps, path));
            }
        }
        found.Sort((a, b) => b.Steps.CompareTo(a.Steps));
        return found;
    }

    /// <summary>Saves a checkpoint and deletes the oldest ones beyond the number to keep.</summary>
    /// <param name="steps">Environment steps done.</param>
    /// <param name="policy">Policy to save inside.</param>
    /// <param name="state">Training state.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="CheckpointException">It could not be written; earlier ones are as they were.</exception>
    public string Save(long steps, SavedPolicy policy, StateDictionary state) =>
        Save(steps, PolicyFolder, folder => PolicyFiles.Write(policy, folder), state);

    /// <summary>Saves a checkpoint and deletes the oldest ones beyond the number to keep.</summary>
    /// <param name="steps">Steps done: of an environment, or updates where there is none.</param>
    /// <param name="product">Name of the folder of what was learned.</param>
    /// <param name="writeProduct">Writes its files into the folder that it is given.</param>
    /// <param name="state">Training state.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="CheckpointException">It could not be written; earlier ones are as they were.</exception>
    public string Save(long steps, string product, Action<string> writeProduct, StateDictionary state)
    {
        string path = Path.Combine(_folder, steps.ToString("D12", CultureInfo.InvariantCulture));
        try
        {
            Directory.CreateDirectory(_folder);
            AtomicFolder.CleanUp(_folder);
            AtomicFolder.Write(path, temporary => Fill(temporary, steps, product, writeProduct, state));
            foreach (SavedCheckpoint old in List().Where(entry => entry.Steps < steps).Skip(_keep - 1))
            {
                AtomicFolder.Delete(old.Path);
            }
            return path;
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            string last = List() is [(long lastSteps, string lastPath), ..]
                ? $"The last good checkpoint is of step {lastSteps}: '{lastPath}'."
                : "There is no earlier checkpoint.";
            throw new CheckpointException(
                $"The checkpoint of step {steps} could not be written ({exception.Message.TrimEnd('.')}). {last} Free space or choose another --out, then use --resume.",
                exception
            );
        }
    }

    /// <summary>Loads the newest checkpoint that is whole.</summary>
    /// <param name="warn">Receives one line per damaged checkpoint that was passed over.</param>
    /// <exception cref="CheckpointException">There is none.</exception>
    public StateDictionary LoadNewest(Action<string> warn)
    {
        string? damage = null;
        foreach ((_, string path) in List())
        {
            try
            {
                return Load(path);
            }
            catch (CheckpointException exception)
            {
                damage = exception.Message;
                string aside = $"{path}.damaged";
                for (int i = 2; Directory.Exists(aside); i++)
                {
                    aside = $"{path}.damaged.{i}";
                }
                Directory.Move(path, aside);
                warn($"{exception.Message} It was passed over and is now called '{Path.GetFileName(aside)}'.");
            }
        }
        throw new CheckpointException(
            damage is null
                ? $"There is no checkpoint in '{_folder}'. Give the folder of a run that was started by 'agents train'."
                : $"{damage} No earlier checkpoint is whole, so the run cannot be resumed; start it anew."
        );
    }

    /// <summary>The format of the newest policy that says which it has; null where none does.</summary>
    public int? FindPolicyFormat() =>
        List()
            .Select(entry => PolicyFiles.FindFormat(Path.Combine(entry.Path, PolicyFolder)))
            .FirstOrDefault(format => format is not null);

    /// <summary>Loads one checkpoint.</summary>
    /// <exception cref="CheckpointException">A file is missing or not what the manifest says.</exception>
    public static StateDictionary Load(string path)
    {
        try
        {
            Manifest manifest =
                JsonSerializer.Deserialize<Manifest>(PlainFile.ReadTextIn(path, ManifestFile, LargestManifest), Json)
                ?? throw new InvalidDataException($"{ManifestFile} is empty.");
            if (manifest.Files is null)
            {
                throw new InvalidDataException($"{ManifestFile} lists no files.");
            }
            if (manifest.Files.Count > MostFiles)
            {
                throw new InvalidDataException(
                    $"{ManifestFile} lists {manifest.Files.Count} files; at most {MostFiles} are read."
                );
            }
            foreach ((string name, string expected) in manifest.Files)
            {
                string file = PlainFile.PathIn(path, name);
                if (new FileInfo(file).Length > Array.MaxLength)
                {
                    throw new InvalidDataException($"{ForeignText.Show(name)} is larger than what is read.");
                }
                if (AtomicFile.Hash(file) != expected)
                {
                    throw new InvalidDataException(
                        $"{ForeignText.Show(name)} is not the file that was saved (its SHA-256 differs)."
                    );
                }
            }
            if (!manifest.Files.ContainsKey(StateFile))
            {
                throw new InvalidDataException($"{ManifestFile} does not list {StateFile}.");
            }
            return TrainingStateFile.Read(File.ReadAllBytes(PlainFile.PathIn(path, StateFile)));
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or InvalidDataException
                        or JsonException
                        or UnauthorizedAccessException
                        or NotSupportedException
                        or ArgumentException
            )
        {
            throw new CheckpointException(
                $"The checkpoint '{path}' is damaged: {ForeignText.Show(exception.Message)}",
                exception
            );
        }
    }

    private void Fill(string folder, long steps, string product, Action<string> writeProduct, StateDictionary state)
    {
        string productFolder = Path.Combine(folder, product);
        Directory.CreateDirectory(productFolder);
        writeProduct(productFolder);
        WriteFile(Path.Combine(folder, StateFile), TrainingStateFile.Write(state));
        File.WriteAllBytes(Path.Combine(folder, ManifestFile), ManifestOf(folder, steps));
    }

    // As the serializer writes a manifest, which looks the type up by reflection.
    private static byte[] ManifestOf(string folder, long steps)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("environment_steps", steps);
            json.WriteStartObject("files");
            foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            {
                json.WriteString(Path.GetRelativePath(folder, file).Replace('\\', '/'), AtomicFile.Hash(file));
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private sealed record Manifest(long EnvironmentSteps, Dictionary<string, string>? Files);
}
