using System.Text.Json;

namespace Fleet.Serving.Questions;

/// <summary>Tokens of JSON in words of callers.</summary>
internal static class TokenWords
{
    /// <summary>What a token is, such as <c>a number</c>.</summary>
    public static string Of(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.None => "nothing",
            JsonTokenType.StartObject or JsonTokenType.EndObject => "an object",
            JsonTokenType.StartArray or JsonTokenType.EndArray => "a list",
            JsonTokenType.PropertyName => "a key",
            JsonTokenType.Comment => "a comment",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Null => "null",
        };
}
