using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fleet.Serving.Questions;

/// <summary>Entries by their names, or by their order where the names are 0, 1 and so on, as a tuple's are. Immutable.</summary>
internal sealed class EntriesForm : ObservationForm
{
    private readonly (string Name, ObservationForm Form)[] _entries;
    private readonly byte[][] _names;
    private readonly NumbersForm[] _leaves; // in the order of their numbers

    /// <summary>A form of entries.</summary>
    /// <param name="entries">At least one, in the order of their numbers.</param>
    /// <param name="number">Number of the first entry among those of all dictionaries of an observation.</param>
    public EntriesForm((string Name, ObservationForm Form)[] entries, int number)
        : base(entries[0].Form.First, entries.Sum(entry => entry.Form.Size), 1 + entries.Max(entry => entry.Form.Depth))
    {
        _entries = entries;
        Number = number;
        _names = [.. entries.Select(entry => Encoding.UTF8.GetBytes(entry.Name))];
        _leaves = [.. entries.SelectMany(entry => entry.Form is EntriesForm inner ? inner._leaves : [(NumbersForm)entry.Form])];
        IsTuple = entries.Index().All(entry => entry.Item.Name == entry.Index.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Number of its first entry among those of all dictionaries of an observation.</summary>
    public int Number { get; }

    /// <summary>Entries.</summary>
    public int Count => _entries.Length;

    /// <summary>Whether its entries may also be given in a list.</summary>
    public bool IsTuple { get; }

    /// <summary>Names of the entries.</summary>
    public IEnumerable<string> Names => _entries.Select(entry => entry.Name);

    /// <inheritdoc/>
    public override string Expected =>
        $"{(IsTuple ? $"a list of {Count} entries" : $"an object with {string.Join(", ", Names)}")}, or all {Size} numbers in one list";

    /// <summary>An entry by its index.</summary>
    public (string Name, ObservationForm Form) this[int index] => _entries[index];

    /// <summary>The index of the entry that a key of an object names; −1 for none.</summary>
    public int Find(ref Utf8JsonReader json)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (json.ValueTextEquals(_names[i]))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The form of the number at a place of a row.</summary>
    /// <param name="index">Index within the row.</param>
    public NumbersForm LeafAt(int index)
    {
        int low = 0;
        int high = _leaves.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _leaves[middle].First <= index ? (middle, high) : (low, middle - 1);
        }
        return _leaves[low];
    }
}
