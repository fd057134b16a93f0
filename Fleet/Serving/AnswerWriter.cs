using System.Text.Json;
using Agents.Policies;
using Environments.Spaces;
using Fleet.Serving.Questions;
using Microsoft.AspNetCore.Http;

namespace Fleet.Serving;

/// <summary>Answers of <c>POST /v1/act</c> as JSON: about one observation by itself, or about each of several.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes an answer.</summary>
    /// <param name="context">Whom it goes to.</param>
    /// <param name="policy">Who gave it.</param>
    /// <param name="names">What each action of a discrete space does; empty where they have no names.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="answer">The answer.</param>
    public static async Task WriteAsync(
        HttpContext context,
        SavedPolicy policy,
        IReadOnlyList<string> names,
        Question question,
        PolicyAnswer answer
    )
    {
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            writer.WriteStartObject();
            if (question.IsSingle)
            {
                WriteOne(writer, policy, names, answer);
            }
            else
            {
                WriteMany(writer, names, question.Rows, answer);
            }
            writer.WritePropertyName("core_state");
            if (policy.CoreStateSize == 0)
            {
                writer.WriteNullValue();
            }
            else if (question.IsSingle)
            {
                WriteList(writer, answer.CoreState);
            }
            else
            {
                WriteRows(writer, answer.CoreState, question.Rows);
            }
            writer.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void WriteOne(Utf8JsonWriter writer, SavedPolicy policy, IReadOnlyList<string> names, PolicyAnswer answer)
    {
        writer.WritePropertyName("action");
        if (policy.ActionSpace is Discrete)
        {
            writer.WriteNumberValue(answer.Actions[0]);
        }
        else
        {
            WriteShape(writer, answer.Actions, policy.ActionSpace is Box box ? box.Shape : [answer.Actions.Length]);
        }
        if (names.Count > 0)
        {
            writer.WriteString("action_name", names[(int)answer.Actions[0]]);
        }
        writer.WriteNumber("log_prob", answer.LogProbs[0]);
    }

    private static void WriteMany(Utf8JsonWriter writer, IReadOnlyList<string> names, int rows, PolicyAnswer answer)
    {
        writer.WritePropertyName("actions");
        WriteRows(writer, answer.Actions, rows);
        if (names.Count > 0)
        {
            writer.WriteStartArray("action_names");
            foreach (float action in answer.Actions)
            {
                writer.WriteStringValue(names[(int)action]);
            }
            writer.WriteEndArray();
        }
        writer.WritePropertyName("log_probs");
        WriteList(writer, answer.LogProbs);
    }

    private static void WriteShape(Utf8JsonWriter writer, ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2)
        {
            WriteList(writer, values);
            return;
        }
        int size = values.Length / shape[0];
        writer.WriteStartArray();
        for (int i = 0; i < shape[0]; i++)
        {
            WriteShape(writer, values.Slice(i * size, size), shape[1..]);
        }
        writer.WriteEndArray();
    }

    private static void WriteRows(Utf8JsonWriter writer, ReadOnlySpan<float> values, int rows) =>
        WriteShape(writer, values, [rows, values.Length / rows]);

    private static void WriteList(Utf8JsonWriter writer, ReadOnlySpan<float> values)
    {
        writer.WriteStartArray();
        foreach (float value in values)
        {
            writer.WriteNumberValue(value);
        }
        writer.WriteEndArray();
    }
}
