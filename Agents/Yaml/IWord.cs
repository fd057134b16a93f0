namespace Agents.Yaml;

/// <summary>A single value of settings that is one of several words, more of which may be registered. Implement it in a struct whose default is one of them.</summary>
internal interface IWord
{
    /// <summary>The word.</summary>
    string Word { get; }

    /// <summary>All words.</summary>
    IReadOnlyCollection<string> Words { get; }

    /// <summary>The value of another of the words.</summary>
    IWord With(string word);
}
