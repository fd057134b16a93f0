using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Fleet.Serving.Problems;

namespace Fleet.Serving.Questions;

/// <summary>
/// Takes the tokens of observations, one after the other, in any form that their space has, and adds a row of numbers for each: entries by name, lists
/// nested as their shape or flat, bytes in Base64. Stops at the first thing that does not belong there, and says where that is.
/// </summary>
internal sealed partial class ObservationReader
{
    private const int MaxEcho = 40;

    private readonly ObservationForm _form;
    private readonly List<float> _rows;
    private readonly Level[] _levels;
    private readonly bool[] _given; // entries of all dictionaries, by their numbers
    private int _depth;
    private int _row; // index of the row's first number

    /// <summary>A reader.</summary>
    /// <param name="form">How observations are written.</param>
    /// <param name="rows">Where their numbers go.</param>
    public ObservationReader(ObservationForm form, List<float> rows)
    {
        _form = form;
        _rows = rows;
        _levels = new Level[form.Depth + 1];
        _given = new bool[Entries(form)];
    }

    /// <summary>Where the observations stand, such as <c>observations[3]</c>.</summary>
    public string Place { get; set; } = "";

    /// <summary>Whether an observation has begun and is not complete.</summary>
    public bool IsWithin => _depth > 0;

    /// <summary>Bytes that the next token may have.</summary>
    public long LongestToken =>
        _depth > 0 && Top.Form is NumbersForm ? 0
        : NextForm() is NumbersForm numbers ? numbers.LongestText
        : 0;

    private ref Level Top => ref _levels[_depth - 1];

    private Span<float> Row => CollectionsMarshal.AsSpan(_rows).Slice(_row, _form.Size);

    /// <summary>Takes a token of an observation; the first one begins a row.</summary>
    /// <exception cref="ProblemException">It does not belong there.</exception>
    public void Take(ref Utf8JsonReader json)
    {
        if (_depth == 0)
        {
            _row = _rows.Count;
            CollectionsMarshal.SetCount(_rows, _row + _form.Size);
        }
        JsonTokenType token = json.TokenType;
        if (token == JsonTokenType.Number)
        {
            TakeNumber(Number(ref json));
        }
        else if (token is JsonTokenType.StartArray)
        {
            OpenList();
        }
        else if (token is JsonTokenType.EndArray)
        {
            CloseList();
        }
        else if (token is JsonTokenType.StartObject)
        {
            OpenObject();
        }
        else if (token is JsonTokenType.PropertyName)
        {
            Name(ref json);
        }
        else if (token is JsonTokenType.EndObject)
        {
            CloseObject();
        }
        else if (token is JsonTokenType.String)
        {
            TakeText(ref json);
        }
        else if (token is JsonTokenType.True or JsonTokenType.False)
        {
            TakeTruth(token == JsonTokenType.True);
        }
        else
        {
            throw WrongForm("null");
        }
    }

    /// <summary>The place of the value that comes next, such as <c>observation.camera[0][3]</c>.</summary>
    public string Path()
    {
        var path = new StringBuilder(Place);
        for (int i = 0; i < _depth; i++)
        {
            Level level = _levels[i];
            path.Append(
                level.IsObject
                    ? level.Children < 0
                        ? ""
                        : "." + ((EntriesForm)level.Form)[level.Children].Name
                    : string.Create(CultureInfo.InvariantCulture, $"[{level.Children}]")
            );
        }
        return path.ToString();
    }

    private float Number(ref Utf8JsonReader json)
    {
        if (json.TryGetSingle(out float value) && float.IsFinite(value))
        {
            return value;
        }
        string text = Encoding.UTF8.GetString(json.HasValueSequence ? [.. json.ValueSequence.First.Span] : json.ValueSpan);
        string path = Path();
        throw new ProblemException(
            ProblemKind.WrongValue,
            path,
            $"{path} is {(text.Length > MaxEcho ? text[..MaxEcho] + "…" : text)}, beyond what a number of 32 bits can be; the policy expects a finite number."
        );
    }

    private void TakeNumber(float value)
    {
        if (_depth == 0 || Top.IsObject)
        {
            Scalar(NextForm(), value);
        }
        else if (Top.Form is EntriesForm entries && Top.HasLists)
        {
            RequireFewer(Top.Children, entries.Count, "entries");
            Scalar(entries[Top.Children].Form, value);
        }
        else if (Top.Form is EntriesForm flat)
        {
            RequireFewer(Top.Children, flat.Size, "numbers");
            NumbersForm leaf = flat.LeafAt(Top.First + Top.Children);
            Put(leaf, Top.First + Top.Children - leaf.First, value);
            Top.Children++;
        }
        else
        {
            InNumbers((NumbersForm)Top.Form, value);
        }
    }

    private void InNumbers(NumbersForm numbers, float value)
    {
        bool isFlat = Top.Dimension == 0 && !Top.HasLists;
        if (Top.HasLists || (!isFlat && Top.Dimension < numbers.Shape.Length - 1))
        {
            throw WrongForm("a number", $"a list of {numbers.Shape[Top.Dimension + 1]}");
        }
        RequireFewer(Top.Children, isFlat ? numbers.Size : numbers.Shape[Top.Dimension], "numbers");
        Put(numbers, Top.First - numbers.First + Top.Children, value);
        Top.Children++;
    }

    private void Scalar(ObservationForm form, float value)
    {
        if (form is not NumbersForm { Size: 1 } numbers)
        {
            throw WrongForm("a number", form.Expected);
        }
        Put(numbers, 0, value);
        Complete();
    }

    private void Put(NumbersForm form, int index, float value)
    {
        if (!form.Holds(value, index))
        {
            string path = Path();
            throw new ProblemException(
                ProblemKind.WrongValue,
                path,
                string.Create(CultureInfo.InvariantCulture, $"{path} is {value}; the policy expects {form.OneNumber(index)}.")
            );
        }
        Row[form.First + index] = value;
    }

    private void TakeTruth(bool value)
    {
        ObservationForm form =
            _depth == 0 || Top.IsObject || Top.Form is NumbersForm || Top.HasLists
                ? NextForm()
                : ((EntriesForm)Top.Form).LeafAt(Math.Min(Top.First + Top.Children, _form.Size - 1));
        if (form is not NumbersForm { TakesBooleans: true })
        {
            throw WrongForm(value ? "true" : "false");
        }
        TakeNumber(value ? 1 : 0);
    }

    private void TakeText(ref Utf8JsonReader json)
    {
        ObservationForm form = BeginEntry("a text");
        if (form is not NumbersForm { BytesPerNumber: > 0 } numbers || (_depth > 0 && Top.Form == form))
        {
            throw WrongForm("a text", _depth > 0 && Top.Form == form ? "a number" : form.Expected);
        }
        string path = Path();
        string kind = numbers.BytesPerNumber == 1 ? "uint8" : "float32, the least significant byte first";
        if (TryGetText(ref json) is null || !json.TryGetBytesFromBase64(out byte[]? bytes))
        {
            throw new ProblemException(
                ProblemKind.WrongForm,
                path,
                $"{path} is a text and no Base64; the policy expects {numbers.Numbers}, or Base64 of {numbers.Size * numbers.BytesPerNumber} bytes of {kind}."
            );
        }
        if (bytes.Length != numbers.Size * numbers.BytesPerNumber)
        {
            throw new ProblemException(
                ProblemKind.WrongLength,
                path,
                $"{path} has {bytes.Length} bytes; the policy expects {numbers.Size * numbers.BytesPerNumber}, {numbers.Numbers} of {kind}."
            );
        }
        for (int i = 0; i < numbers.Size; i++)
        {
            float value =
                numbers.BytesPerNumber == 1
                    ? bytes[i]
                    : System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(sizeof(float) * i));
            if (!numbers.Holds(value, i))
            {
                throw new ProblemException(
                    ProblemKind.WrongValue,
                    path,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{path} holds {value} as number {i}; the policy expects {numbers.OneNumber(i)}."
                    )
                );
            }
            Row[numbers.First + i] = value;
        }
        Complete();
    }

    private ProblemException WrongForm(string what, string? expected = null)
    {
        string path = Path();
        return new ProblemException(
            ProblemKind.WrongForm,
            path,
            $"{path} is {what}; the policy expects {expected ?? NextForm().Expected}."
        );
    }

    private static string Count(int count, string what) =>
        count == 1 ? $"1 {(what == "entries" ? "entry" : what[..^1])}" : $"{count} {what}";

    private static int Entries(ObservationForm form) =>
        form is EntriesForm entries ? entries.Count + Enumerable.Range(0, entries.Count).Sum(i => Entries(entries[i].Form)) : 0;
}
