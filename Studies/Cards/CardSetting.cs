using Agents.Yaml;

namespace Studies.Cards;

/// <summary>A setting that is not the default.</summary>
/// <param name="Key">Its dotted key.</param>
/// <param name="Value">What it was.</param>
/// <param name="Default">The default; null where there is none, so that a run chooses by what it is given.</param>
internal sealed record CardSetting(string Key, string Value, string? Default)
{
    /// <summary>The settings of a document that differ from those of another.</summary>
    /// <param name="settings">YAML with every setting.</param>
    /// <param name="defaults">YAML with every default.</param>
    /// <param name="except">Keys that are told elsewhere.</param>
    public static IReadOnlyList<CardSetting> Changed(string settings, string defaults, params IReadOnlyCollection<string> except)
    {
        IReadOnlyDictionary<string, string> usual = FlatYaml.Of(defaults);
        return
        [
            .. FlatYaml
                .Of(settings)
                .Where(pair => !except.Contains(pair.Key) && usual.GetValueOrDefault(pair.Key) != pair.Value)
                .Select(pair => new CardSetting(pair.Key, pair.Value, usual.GetValueOrDefault(pair.Key))),
        ];
    }
}
