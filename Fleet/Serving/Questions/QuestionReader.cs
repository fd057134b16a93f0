using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Environments;
using Fleet.Serving.Problems;

namespace Fleet.Serving.Questions;

/// <summary>
/// Reads a body of <c>POST /v1/act</c> as it arrives, <c>{"observation": …}</c> or <c>{"observations": […], "episode_starts": […], "core_state": [[…], …],
/// "sample": …, "raw": …}</c>, and stops at the first thing that does not belong there: nothing is kept but the numbers of rows that a policy could answer.
/// </summary>
internal sealed partial class QuestionReader
{
    /// <summary>Most bytes of a key or number.</summary>
    public const int MaxToken = 4_096;

    private const int MaxEcho = 40;

    private readonly AskedPolicy _policy;
    private readonly Question _question = new();
    private readonly ObservationReader _observation;
    private readonly HashSet<QuestionField> _seen = [];
    private JsonReaderState _state;
    private QuestionField? _field;
    private int _lists; // open ones of the field, but for those within an observation
    private int _rowStart;
    private int _stateRows;
    private bool _isStateFlat;
    private bool _isWhole;

    private QuestionReader(AskedPolicy policy)
    {
        _policy = policy;
        _observation = new ObservationReader(policy.Form, _question.Observations);
        // One more than it may have, which is told here.
        _state = new JsonReaderState(new JsonReaderOptions { MaxDepth = policy.Form.Depth + 4 });
    }

    private PolicyLimits Limits => _policy.Limits;

    /// <summary>Reads a body.</summary>
    /// <param name="body">Its bytes.</param>
    /// <param name="policy">What it has to fit.</param>
    /// <param name="growing">Awaited once what was read is no longer little.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="ProblemException">It is no JSON, another question, or a larger one than the policy answers.</exception>
    public static async Task<Question> ReadAsync(
        PipeReader body,
        AskedPolicy policy,
        Func<ValueTask> growing,
        CancellationToken cancellationToken
    )
    {
        var reader = new QuestionReader(policy);
        long consumed = 0;
        int rest = 0;
        while (true)
        {
            // A long text is looked at again when it has doubled, or slow callers would have it read over and over.
            int least = rest > MaxToken ? 2 * rest : 0;
            ReadResult result = await body.ReadAtLeastAsync(least, cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition position;
            try
            {
                position = reader.Take(buffer, result.IsCompleted);
            }
            catch
            {
                body.AdvanceTo(buffer.End); // or the answer could not be sent
                throw;
            }
            long seen = consumed + buffer.Length;
            rest = (int)buffer.Slice(position).Length;
            consumed += buffer.Length - rest;
            body.AdvanceTo(position, buffer.End);
            if (result.IsCompleted)
            {
                return reader.Finish();
            }
            if (seen > LargeQuestions.SmallBytes)
            {
                await growing().ConfigureAwait(false);
            }
        }
    }

    private SequencePosition Take(ReadOnlySequence<byte> bytes, bool isAll)
    {
        var json = new Utf8JsonReader(bytes, isAll, _state);
        try
        {
            while (json.Read())
            {
                Take(ref json);
            }
        }
        catch (JsonException exception)
        {
            throw Malformed(exception, bytes.Slice(json.Position));
        }
        if (bytes.Slice(json.Position).Length > Math.Max(MaxToken, LongestToken))
        {
            throw new ProblemException(
                ProblemKind.TooLarge,
                Path(),
                $"The body holds a key, a number or a text of more than {Math.Max(MaxToken, LongestToken)} bytes."
            );
        }
        _state = json.CurrentState;
        return json.Position;
    }

    private long LongestToken => IsObservation ? _observation.LongestToken : 0;

    private bool IsObservation => _field == QuestionField.Observation || (_field == QuestionField.Observations && _lists == 1);

    private void Take(ref Utf8JsonReader json)
    {
        JsonTokenType token = json.TokenType;
        if (_observation.IsWithin || (IsObservation && IsValue(token)))
        {
            TakeObservation(ref json);
        }
        else if (token == JsonTokenType.StartObject && _field is null)
        {
            // The question begins.
        }
        else if (token == JsonTokenType.EndObject && _lists == 0)
        {
            _isWhole = true;
        }
        else if (token == JsonTokenType.PropertyName)
        {
            Begin(ref json);
        }
        else if (token == JsonTokenType.StartArray && _lists < MostLists)
        {
            Open();
        }
        else if (token == JsonTokenType.EndArray)
        {
            Close();
        }
        else if (token == JsonTokenType.Number && _field == QuestionField.CoreState && _lists > 0)
        {
            AddState(ref json);
        }
        else if (token is JsonTokenType.True or JsonTokenType.False && _field is not null && _field != QuestionField.CoreState)
        {
            TakeTruth(token == JsonTokenType.True);
        }
        else if (token != JsonTokenType.Null || _field is null || _lists > 0 || MustHaveValue)
        {
            throw WrongForm(token);
        }
    }

    private bool MustHaveValue => _field == QuestionField.Observation || _field == QuestionField.Observations;

    private int MostLists =>
        _field == QuestionField.CoreState ? 2
        : _field == QuestionField.EpisodeStarts || _field == QuestionField.Observations ? 1
        : 0;

    private static bool IsValue(JsonTokenType token) =>
        token is not (JsonTokenType.EndArray or JsonTokenType.PropertyName or JsonTokenType.EndObject);

    private void TakeObservation(ref Utf8JsonReader json)
    {
        if (!_observation.IsWithin)
        {
            RequireRoom(_question.Rows);
            _observation.Place = _lists == 0 ? _field!.Name : $"{_field!.Name}[{_question.Rows}]";
            _question.Rows++;
        }
        _observation.Take(ref json);
    }

    private void Begin(ref Utf8JsonReader json)
    {
        string name;
        try
        {
            name = json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(ProblemKind.UnknownField, null, "The body holds a key that is no text.");
        }
        _field = QuestionField.All.FirstOrDefault(field => field.Name == name);
        if (_field is null)
        {
            string shown = name.Length > MaxEcho ? name[..MaxEcho] + "…" : name;
            IEnumerable<string> known = QuestionField.All.Select(field => field.Name);
            string advice = name.Contains("session", StringComparison.OrdinalIgnoreCase)
                ? " The service keeps no sessions: send core_state back."
                : NearestName.Suggest(name, known);
            throw new ProblemException(
                ProblemKind.UnknownField,
                shown,
                $"The body holds '{shown}', which is none of {string.Join(", ", known)}.{advice}"
            );
        }
        if (!_seen.Add(_field))
        {
            throw new ProblemException(ProblemKind.RepeatedField, name, $"The body holds {name} twice. Send it once.");
        }
        if (_seen.Contains(QuestionField.Observation) && _seen.Contains(QuestionField.Observations))
        {
            throw new ProblemException(
                ProblemKind.RepeatedField,
                name,
                "The body holds observation and observations. Send the first for one, or the second for several."
            );
        }
        _question.IsSingle |= _field == QuestionField.Observation;
    }

    private void Open()
    {
        _lists++;
        if (_field == QuestionField.CoreState && _lists == 2)
        {
            if (_isStateFlat)
            {
                throw WrongForm(JsonTokenType.StartArray);
            }
            RequireRoom(_stateRows);
            _stateRows++;
            _rowStart = _question.CoreState.Count;
        }
    }

    private void Close()
    {
        _lists--;
        if (_field == QuestionField.CoreState && (_lists == 1 || _isStateFlat))
        {
            RequireStateSize(_question.CoreState.Count - _rowStart, "");
        }
    }

    private void AddState(ref Utf8JsonReader json)
    {
        if (_lists == 1)
        {
            if (_stateRows > 0 && !_isStateFlat)
            {
                throw WrongForm(JsonTokenType.Number);
            }
            _isStateFlat = true;
            _stateRows = 1;
        }
        int index = _question.CoreState.Count - _rowStart;
        if (index == _policy.CoreStateSize)
        {
            RequireStateSize(index + 1, " or more");
        }
        if (!json.TryGetSingle(out float value) || !float.IsFinite(value))
        {
            throw new ProblemException(
                ProblemKind.WrongValue,
                Path(),
                $"{Path()} holds a number that is not finite as number {index}. Send back what the last answer held."
            );
        }
        _question.CoreState.Add(value);
    }

    private void TakeTruth(bool value)
    {
        if (_field == QuestionField.EpisodeStarts)
        {
            RequireRoom(_question.EpisodeStarts.Count);
            _question.EpisodeStarts.Add(value);
        }
        else if (_field == QuestionField.Sample)
        {
            _question.Sample = value;
        }
        else if (_field == QuestionField.Raw)
        {
            _question.Raw = value;
        }
        else
        {
            throw WrongForm(value ? JsonTokenType.True : JsonTokenType.False);
        }
    }
}
