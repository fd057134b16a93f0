namespace Learners.Data;

/// <summary>What the symbols of a text are.</summary>
internal enum SymbolKind
{
    /// <summary>Bytes, 256 kinds, whatever the file is.</summary>
    Bytes,

    /// <summary>Unicode characters of UTF-8, of which those are kinds that the file has.</summary>
    Characters,
}
