using System.Text.Json;
using Environments;
using Fleet.Serving.Problems;

namespace Fleet.Serving.Questions;

/// <content>Lists and objects: what opens and closes within an observation.</content>
internal sealed partial class ObservationReader
{
    private void OpenList()
    {
        if (_depth > 0 && Top is { IsObject: false, Form: NumbersForm numbers })
        {
            int dimension = Top.Dimension + 1;
            if (dimension >= numbers.Shape.Length || (Top.Children > 0 && !Top.HasLists))
            {
                throw WrongForm("a list", numbers.OneNumber(0));
            }
            RequireFewer(Top.Children, numbers.Shape[Top.Dimension], "lists");
            Top.HasLists = true;
            int stride = 1;
            foreach (int size in numbers.Shape[dimension..])
            {
                stride *= size;
            }
            Push(
                new Level
                {
                    Form = numbers,
                    Dimension = dimension,
                    First = Top.First + Top.Children * stride,
                }
            );
            return;
        }
        ObservationForm form = BeginEntry("a list");
        Push(new Level { Form = form, First = form.First });
    }

    private void CloseList()
    {
        Level level = Top;
        int expected = level.Form switch
        {
            EntriesForm entries => level.HasLists ? entries.Count : entries.Size,
            NumbersForm numbers when level.HasLists || level.Dimension > 0 => numbers.Shape[level.Dimension],
            _ => level.Form.Size,
        };
        _depth--;
        if (level.Children != expected)
        {
            string path = Path();
            string what = level.HasLists
                ? level.Form is EntriesForm
                    ? "entries"
                    : "lists"
                : "numbers";
            throw new ProblemException(
                ProblemKind.WrongLength,
                path,
                $"{path} has {Count(level.Children, what)}; the policy expects {(level.Children == 0 ? level.Form.Expected : expected)}."
            );
        }
        Complete();
    }

    private void OpenObject()
    {
        ObservationForm form = BeginEntry("an object");
        if (form is not EntriesForm entries)
        {
            throw WrongForm("an object", form.Expected);
        }
        _given.AsSpan(entries.Number, entries.Count).Clear();
        Push(
            new Level
            {
                Form = entries,
                First = entries.First,
                IsObject = true,
                Children = -1,
            }
        );
    }

    private void Name(ref Utf8JsonReader json)
    {
        var entries = (EntriesForm)Top.Form;
        Top.Children = -1;
        string? name = TryGetText(ref json);
        Top.Children = name is null ? -1 : entries.Find(ref json);
        if (name is null || Top.Children < 0)
        {
            name ??= "a key that is no text";
            string path = Path() + "." + (name.Length > MaxEcho ? name[..MaxEcho] + "…" : name);
            throw new ProblemException(
                ProblemKind.UnknownField,
                path,
                $"{path} is not known; the policy expects {string.Join(", ", entries.Names)}.{NearestName.Suggest(name, entries.Names)}"
            );
        }
        ref bool isGiven = ref _given[entries.Number + Top.Children];
        if (isGiven)
        {
            throw new ProblemException(ProblemKind.RepeatedField, Path(), $"{Path()} stands twice. Send it once.");
        }
        isGiven = true;
    }

    // Null for one with halves of letters, of which the parser makes no text.
    private static string? TryGetText(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void CloseObject()
    {
        var entries = (EntriesForm)Top.Form;
        int missing = _given.AsSpan(entries.Number, entries.Count).IndexOf(false);
        _depth--;
        if (missing >= 0)
        {
            string path = $"{Path()}.{entries[missing].Name}";
            throw new ProblemException(
                ProblemKind.MissingField,
                path,
                $"{path} is missing; the policy expects {entries[missing].Form.Expected}."
            );
        }
        Complete();
    }

    // The form of a value that is no number; in a list of entries it shows that they are given by their order.
    private ObservationForm BeginEntry(string what)
    {
        if (_depth > 0 && Top is { IsObject: false, Form: EntriesForm entries })
        {
            if (!entries.IsTuple)
            {
                throw WrongForm(what, "a number");
            }
            for (int i = 0; i < Top.Children && !Top.HasLists; i++)
            {
                if (i >= entries.Count || entries[i].Form.Size != 1)
                {
                    throw WrongForm(what, "a number");
                }
            }
            RequireFewer(Top.Children, entries.Count, "entries");
            Top.HasLists = true;
        }
        return NextForm();
    }

    private ObservationForm NextForm() =>
        _depth == 0 ? _form
        : Top.Form is NumbersForm numbers ? numbers
        : ((EntriesForm)Top.Form)[Math.Clamp(Top.Children, 0, ((EntriesForm)Top.Form).Count - 1)].Form;

    private void Push(Level level) => _levels[_depth++] = level;

    private void Complete()
    {
        if (_depth > 0 && !Top.IsObject)
        {
            Top.Children++;
        }
    }

    private void RequireFewer(int count, int most, string what)
    {
        if (count < most)
        {
            return;
        }
        _depth--;
        string path = Path();
        throw new ProblemException(
            ProblemKind.WrongLength,
            path,
            $"{path} has {Count(most + 1, what)} or more; the policy expects {most}."
        );
    }

    /// <summary>A list or an object that is open.</summary>
    private struct Level
    {
        /// <summary>The form of its value.</summary>
        public ObservationForm Form;

        /// <summary>Whether entries are given by their names.</summary>
        public bool IsObject;

        /// <summary>Whether a value was seen that is no number.</summary>
        public bool HasLists;

        /// <summary>The dimension of a shape that a list goes through; 0 for the outermost.</summary>
        public int Dimension;

        /// <summary>Index within the row of its first number.</summary>
        public int First;

        /// <summary>Complete values of a list; of an object the entry whose value comes next.</summary>
        public int Children;
    }
}
