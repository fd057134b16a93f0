using Environments.State;
using Protos.Foreign;

namespace Learners.Data;

/// <summary>Samples of files, which a run that goes on must find as they were.</summary>
/// <param name="inner">The samples.</param>
/// <param name="files">The files.</param>
internal sealed class FileSource(IDataSource inner, IReadOnlyList<FileSource.File> files) : IDataSource
{
    /// <inheritdoc/>
    public DataForm Form => inner.Form;

    /// <inheritdoc/>
    public int EvaluationBatches => inner.EvaluationBatches;

    /// <inheritdoc/>
    public void Next(Samples samples) => inner.Next(samples);

    /// <inheritdoc/>
    public void ReadEvaluation(int index, Samples samples) => inner.ReadEvaluation(index, samples);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        for (int i = 0; i < files.Count; i++)
        {
            state.Set<char>($"file_{i}", files[i].Hash);
        }
        inner.SaveState(state);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        for (int i = 0; i < files.Count; i++)
        {
            if (new string(state.GetArray<char>($"file_{i}")) != files[i].Hash)
            {
                throw new InvalidDataException(
                    $"'{ForeignText.Show(files[i].Path)}' is not the file that the run began with (its SHA-256 differs). Put that one back, or start a new run."
                );
            }
        }
        inner.LoadState(state);
    }

    /// <summary>A file.</summary>
    /// <param name="Path">Where it lies.</param>
    /// <param name="Hash">SHA-256 of its bytes, in hexadecimal.</param>
    internal sealed record File(string Path, string Hash);
}
