namespace Agents.Yaml;

/// <summary>A record that knows why a key may not stand in it now.</summary>
internal interface IKeyHints
{
    /// <summary>What to say of a key that is not there, as a whole sentence; null where nothing is known of it.</summary>
    string? HintOf(string key);
}
