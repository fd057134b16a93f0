using System.Text.Json;
using Page.Runs;
using Protos.Foreign;
using Studies.Execution;
using Studies.Results;
using Studies.Trials;

namespace Page.Serving;

/// <summary>What a study has tried so far, the best first, and who copied whom where it is a population.</summary>
internal sealed class StudyTrials
{
    private const int MostRows = 200;
    private const int MostLegs = 5_000;

    private readonly StudyState _state;
    private readonly string? _problem;

    private StudyTrials(StudyState state, string? problem)
    {
        _state = state;
        _problem = problem;
    }

    /// <summary>Reads a study's journal, which its process may be writing. What cannot be read is a problem in words, and no error.</summary>
    public static StudyTrials Read(Run study)
    {
        try
        {
            return new StudyTrials(StudyJournal.ReadState(study.Folder), problem: null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new StudyTrials(new StudyState(), ForeignText.Show(exception.Message));
        }
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        StudyRow[] rows =
        [
            .. StudyRow
                .Of(_state.Legs.Select(record => new LegView(record.Leg, record.Result)))
                .OrderByDescending(row => double.IsNaN(row.Score) ? double.NegativeInfinity : row.Score)
                .ThenBy(row => row.Number),
        ];
        string[] keys = [.. rows.SelectMany(row => row.Values.Select(pair => pair.Key)).Distinct()];
        writer.WriteStartObject();
        writer.WriteString("problem", _problem);
        writer.WriteNumber("candidates", rows.Length);
        JsonText.Strings(writer, "keys", keys);
        writer.WriteStartArray("rows");
        foreach (StudyRow row in rows.Take(MostRows))
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", row.Number);
            JsonText.Strings(writer, "values", keys.Select(key => row.Values[key] ?? "–"));
            writer.WriteNumber("steps", row.Steps);
            JsonText.Number(writer, "score", row.Score);
            writer.WriteNumber("seeds", row.Scores.Count);
            writer.WriteBoolean("training", row.IsTraining);
            writer.WriteString("failure", row.Failure is null ? null : ForeignText.Show(row.Failure));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        Legs(writer);
        writer.WriteEndObject();
    }

    // Only of a population: the legs of its members, from which their lines and copies are drawn.
    private void Legs(Utf8JsonWriter writer)
    {
        bool isPopulation = _state.Legs.Any(record => record.Leg.CopyOf is not null);
        writer.WriteStartArray("legs");
        foreach (LegRecord record in isPopulation ? _state.Legs.Take(MostLegs) : [])
        {
            writer.WriteStartObject();
            writer.WriteNumber("member", record.Leg.Trial);
            writer.WriteNumber("from", Steps(record.Leg.Continues));
            writer.WriteNumber("to", record.Result?.Steps ?? record.Leg.ToSteps);
            JsonText.Number(writer, "score", record.Result?.Score ?? double.NaN);
            if (record.Leg.CopyOf is { } copied)
            {
                writer.WriteNumber("copied", _state.Legs[copied].Leg.Trial);
                writer.WriteNumber("copiedAt", Steps(copied));
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private long Steps(int? leg) => leg is { } number ? _state.Legs[number].Result?.Steps ?? _state.Legs[number].Leg.ToSteps : 0;
}
