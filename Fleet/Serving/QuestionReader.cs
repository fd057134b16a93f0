using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Fleet.Serving;

/// <summary>
/// Reads a body of <c>POST /v1/act</c> as it arrives, <c>{"observations": [[…], …], "episode_starts": […], "core_state": [[…], …], "sample": …, "raw": …}</c>,
/// and stops at the first thing that does not belong there: nothing is kept but the numbers of rows that a policy could answer.
/// </summary>
internal sealed class QuestionReader
{
    /// <summary>Most bytes of a key or number.</summary>
    public const int MaxToken = 4_096;

    private const int MaxEcho = 40;
    private const int MaxDepth = 8; // more than it may have, which is told here
    private static readonly string[] Names = ["observations", "episode_starts", "core_state", "sample", "raw"];

    private readonly PolicyDesk _desk;
    private readonly Question _question = new();
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaxDepth });
    private uint _seen;
    private int _part = -1; // index of the name
    private int _arrays; // open ones
    private int _rowStart;
    private int _rows;
    private bool _isWhole;

    private QuestionReader(PolicyDesk desk) => _desk = desk;

    /// <summary>Reads a body.</summary>
    /// <param name="body">Its bytes.</param>
    /// <param name="desk">Whose rows and sizes count.</param>
    /// <param name="growing">Awaited once what was read is no longer little.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ArgumentException">It is another question, or a larger one than the policy answers.</exception>
    public static async Task<Question> ReadAsync(
        PipeReader body,
        PolicyDesk desk,
        Func<ValueTask> growing,
        CancellationToken cancellationToken
    )
    {
        var reader = new QuestionReader(desk);
        long read = 0;
        while (true)
        {
            ReadResult result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition consumed;
            try
            {
                consumed = reader.Take(buffer, result.IsCompleted);
            }
            catch
            {
                body.AdvanceTo(buffer.End); // or the answer could not be sent
                throw;
            }
            read += buffer.Slice(0, consumed).Length;
            body.AdvanceTo(consumed, buffer.End);
            if (result.IsCompleted)
            {
                return reader.Finish();
            }
            if (read > LargeQuestions.SmallBytes)
            {
                await growing().ConfigureAwait(false);
            }
        }
    }

    private SequencePosition Take(ReadOnlySequence<byte> bytes, bool isAll)
    {
        var json = new Utf8JsonReader(bytes, isAll, _state);
        while (json.Read())
        {
            Take(ref json);
        }
        if (bytes.Slice(json.Position).Length > MaxToken)
        {
            throw new ArgumentException($"The body holds a key or a number of more than {MaxToken} bytes.");
        }
        _state = json.CurrentState;
        return json.Position;
    }

    private Question Finish()
    {
        if (!_isWhole || (_seen & 1) == 0)
        {
            throw new ArgumentException("The body has no observations, [[number, …], …].");
        }
        return _question;
    }

    private void Take(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject when _part < 0:
                break;
            case JsonTokenType.EndObject when _arrays == 0:
                _isWhole = true;
                break;
            case JsonTokenType.PropertyName:
                try
                {
                    Begin(ref json);
                }
                catch (InvalidOperationException exception)
                {
                    throw new ArgumentException("The body holds a key that is no text.", exception);
                }
                break;
            case JsonTokenType.StartArray when _part is 0 or 2 && _arrays < 2 || _part == 1 && _arrays == 0:
                Open();
                break;
            case JsonTokenType.EndArray:
                Close();
                break;
            case JsonTokenType.Number when _part is 0 or 2 && _arrays == 2:
                Add(json.GetSingle());
                break;
            case JsonTokenType.True or JsonTokenType.False when _part == 1 && _arrays == 1:
                RequireRoom(_question.EpisodeStarts.Count);
                _question.EpisodeStarts.Add(json.GetBoolean());
                break;
            case JsonTokenType.True or JsonTokenType.False when _part == 3:
                _question.Sample = json.GetBoolean();
                break;
            case JsonTokenType.True or JsonTokenType.False when _part == 4:
                _question.Raw = json.GetBoolean();
                break;
            case JsonTokenType.Null when _part > 0 && _arrays == 0:
                break;
            default:
                throw new ArgumentException(
                    $"{(_part < 0 ? "The body" : Names[_part])} cannot hold this {json.TokenType}; it is {(_part < 0 ? "an object" : Form)}."
                );
        }
    }

    private string Form =>
        _part switch
        {
            1 => "[true or false, …]",
            3 or 4 => "true or false",
            _ => "[[number, …], …]",
        };

    private void Begin(ref Utf8JsonReader json)
    {
        _part = Names.Length - 1;
        while (_part >= 0 && !json.ValueTextEquals(Names[_part]))
        {
            _part--;
        }
        if (_part < 0)
        {
            ReadOnlySequence<byte> name = json.HasValueSequence ? json.ValueSequence : new(json.ValueSpan.ToArray());
            string echo = Encoding.UTF8.GetString(name.Slice(0, Math.Min(MaxEcho, name.Length)));
            throw new ArgumentException(
                $"The body holds '{echo}{(name.Length > MaxEcho ? "…" : "")}', which is none of {string.Join(", ", Names)}."
            );
        }
        if ((_seen & 1u << _part) != 0)
        {
            throw new ArgumentException($"The body holds {Names[_part]} twice.");
        }
        _seen |= 1u << _part;
        _rows = 0;
    }

    private List<float> Numbers => _part == 0 ? _question.Observations : _question.CoreState;

    private int Size => _part == 0 ? _desk.Policy.ObservationSpace.Size : _desk.Policy.CoreStateSize;

    private void Open()
    {
        _arrays++;
        if (_arrays == 2)
        {
            RequireRoom(_rows);
            _rows++;
            _rowStart = Numbers.Count;
        }
    }

    private void Close()
    {
        _arrays--;
        if (_arrays == 1)
        {
            RequireSize(Numbers.Count - _rowStart, "");
        }
        else if (_part == 0)
        {
            _question.Rows = _rows;
        }
    }

    private void Add(float number)
    {
        Numbers.Add(number);
        if (Numbers.Count - _rowStart > Size)
        {
            RequireSize(Size + 1, " or more");
        }
    }

    private void RequireSize(int numbers, string more)
    {
        if (numbers != Size)
        {
            throw new ArgumentException($"A row of {Names[_part]} has {numbers}{more} numbers; {Size} are needed.");
        }
    }

    private void RequireRoom(int rows)
    {
        if (rows == _desk.Limits.Rows)
        {
            throw new ArgumentException(
                $"{Names[_part]} has more than {_desk.Limits.Rows} rows, the most that are answered at once."
            );
        }
    }
}
