using System.Buffers;
using System.Text;
using System.Text.Json;
using Fleet.Serving.Problems;

namespace Fleet.Serving.Questions;

/// <content>What a question must have, and how callers are told what it has not.</content>
internal sealed partial class QuestionReader
{
    private Question Finish()
    {
        if (!_isWhole || !_seen.Any(field => field == QuestionField.Observation || field == QuestionField.Observations))
        {
            throw new ProblemException(
                ProblemKind.MissingField,
                "observation",
                "The body has no observation. Send {\"observation\": …} for one, or {\"observations\": […, …]} for several."
            );
        }
        if (_question.Rows == 0)
        {
            throw new ProblemException(
                ProblemKind.WrongLength,
                "observations",
                $"observations has 0 entries; the policy expects 1 to {Limits.Rows}."
            );
        }
        RequireRows(QuestionField.EpisodeStarts, _question.EpisodeStarts.Count);
        RequireRows(QuestionField.CoreState, _stateRows);
        return _question;
    }

    private void RequireStateSize(int numbers, string more)
    {
        if (numbers != _policy.CoreStateSize)
        {
            throw new ProblemException(
                ProblemKind.WrongLength,
                Path(),
                $"{Path()} has {numbers}{more} numbers; the policy expects {_policy.CoreStateSize}."
            );
        }
    }

    private void RequireRows(QuestionField field, int rows)
    {
        if (rows > 0 && rows != _question.Rows)
        {
            throw new ProblemException(
                ProblemKind.WrongLength,
                field.Name,
                $"{field.Name} has {rows} {(rows == 1 ? "entry" : "entries")} for {_question.Rows} {(_question.Rows == 1 ? "observation" : "observations")}; one each is expected."
            );
        }
    }

    private void RequireRoom(int rows)
    {
        if (rows == Limits.Rows)
        {
            throw new ProblemException(
                ProblemKind.TooLarge,
                _field!.Name,
                $"{_field.Name} has more than {Limits.Rows} rows, the most that are answered at once."
            );
        }
    }

    private string? Path() =>
        _observation.IsWithin ? _observation.Path()
        : _field is null ? null
        : _field == QuestionField.CoreState && _stateRows > 0 && !_isStateFlat ? $"core_state[{_stateRows - 1}]"
        : _field == QuestionField.Observations && _lists == 1 ? $"observations[{_question.Rows}]"
        : _field.Name;

    private ProblemException WrongForm(JsonTokenType token) =>
        new(
            ProblemKind.WrongForm,
            _field?.Name,
            $"{_field?.Name ?? "The body"} holds {TokenWords.Of(token)}; it is {_field?.Form ?? "one object"}."
        );

    private ProblemException Malformed(JsonException exception, ReadOnlySequence<byte> rest)
    {
        string next = Encoding
            .UTF8.GetString(rest.Slice(0, Math.Min(64, rest.Length)))
            .TrimStart(' ', '\t', '\r', '\n', ',', ':', '[');
        bool isNaN = ((string[])["NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"]).Any(word =>
            next.StartsWith(word, StringComparison.Ordinal)
        );
        int tail = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string reason =
            exception.Message.Contains("isFinalBlock", StringComparison.Ordinal) ? "It is empty."
            : tail < 0 ? exception.Message
            : exception.Message[..tail];
        return new ProblemException(
            isNaN ? ProblemKind.WrongValue : ProblemKind.MalformedJson,
            Path(),
            isNaN
                ? $"{Path() ?? "The body"} holds a number that is not finite, which JSON cannot hold; the policy expects a finite number."
                : $"The body is not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {reason}"
        );
    }
}
