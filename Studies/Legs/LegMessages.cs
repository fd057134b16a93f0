using System.Text.Json;
using System.Text.Json.Serialization;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>Orders, legs and results as single lines of JSON: in the journal of a study, and between a study and the processes that train for it.</summary>
internal static class LegMessages
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new SearchPointConverter() },
    };

    /// <summary>A line.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>What a line says.</summary>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static T Read<T>(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Options) ?? throw new InvalidDataException("it is null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    // An object whose keys keep their order.
    private sealed class SearchPointConverter : JsonConverter<SearchPoint>
    {
        public override SearchPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var values = new List<KeyValuePair<string, string>>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                values.Add(
                    new(
                        key,
                        reader.TokenType == JsonTokenType.String
                            ? reader.GetString()!
                            : throw new JsonException($"{key} is no text")
                    )
                );
            }
            return new SearchPoint(values);
        }

        public override void Write(Utf8JsonWriter writer, SearchPoint value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach ((string key, string text) in value)
            {
                writer.WriteString(key, text);
            }
            writer.WriteEndObject();
        }
    }
}
