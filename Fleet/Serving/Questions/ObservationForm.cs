using Environments.Spaces;

namespace Fleet.Serving.Questions;

/// <summary>How the values of a space are written in JSON, and where their numbers stand in a row. Immutable.</summary>
internal abstract class ObservationForm
{
    private protected ObservationForm(int first, int size, int depth) => (First, Size, Depth) = (first, size, depth);

    /// <summary>Index of its first number within a row.</summary>
    public int First { get; }

    /// <summary>Numbers of a value, at least 1.</summary>
    public int Size { get; }

    /// <summary>Lists and objects within one another that a value has at most.</summary>
    public int Depth { get; }

    /// <summary>What a caller should have sent, as the end of a sentence.</summary>
    public abstract string Expected { get; }

    /// <summary>The form of whole observations.</summary>
    public static ObservationForm Of(Space space)
    {
        int entries = 0;
        return Of(space, 0, ref entries);
    }

    /// <summary>The form of a space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="first">Index of its first number within a row.</param>
    /// <param name="entries">Entries of dictionaries that are numbered so far.</param>
    private static ObservationForm Of(Space space, int first, ref int entries)
    {
        if (space is not Dict dict)
        {
            return NumbersForm.Of(space, first);
        }
        int number = entries;
        entries += dict.Entries.Length;
        var forms = new (string Name, ObservationForm Form)[dict.Entries.Length];
        for (int i = 0; i < forms.Length; i++)
        {
            (string name, Space entry) = dict.Entries[i];
            forms[i] = (name, Of(entry, first, ref entries));
            first += entry.Size;
        }
        return new EntriesForm(forms, number);
    }
}
