using System.Text.Json;
using Environments.Naming;
using Protos.Bridge;

namespace Environments.Remote;

/// <summary>Numbers of the infos with which episodes ended, by their keys: what an environment in Python measures.</summary>
/// <remarks>What is no number is left out, and so are keys that head no column and those beyond the first 64: nobody here chose them.</remarks>
internal sealed class InfoMetrics
{
    private const int MostKeys = 64;

    private readonly Dictionary<string, (double Total, long Count)> _sums = [];

    /// <summary>Adds the infos of a step.</summary>
    public void Add(IReadOnlyList<FinalInfo> infos)
    {
        foreach (FinalInfo info in infos)
        {
            try
            {
                using var document = JsonDocument.Parse(info.Json);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    Add(document.RootElement);
                }
            }
            catch (JsonException)
            {
                // Python writes NaN and Infinity, which are no JSON; whoever wants the text has it.
            }
        }
    }

    /// <summary>Hands the sums over and starts over.</summary>
    public void MoveTo(EnvironmentMetrics destination)
    {
        foreach ((string key, (double total, long count)) in _sums)
        {
            if (count > 0)
            {
                destination.Add(key, total, count);
                _sums[key] = (0, 0);
            }
        }
    }

    private void Add(JsonElement root)
    {
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetDouble(out double number))
            {
                continue;
            }
            if (_sums.TryGetValue(property.Name, out (double Total, long Count) sum))
            {
                _sums[property.Name] = (sum.Total + number, sum.Count + 1);
            }
            else if (_sums.Count < MostKeys && MetricName.Mistake(property.Name) is null)
            {
                _sums.Add(property.Name, (number, 1));
            }
        }
    }
}
