using Environments;
using Protos.Foreign;

namespace Agents.Yaml;

/// <summary>Parts that may be chosen by name, each with its defaults. A part is added by one line where the table is made.</summary>
/// <param name="what">What a part is, such as <c>optimizer</c>, for messages.</param>
/// <param name="parts">Defaults of each part.</param>
internal sealed class NameTable(string what, params NamedSettings[] parts)
{
    private volatile NamedSettings[] _parts = parts;

    /// <summary>Defaults of each part.</summary>
    public IReadOnlyList<NamedSettings> Parts => _parts;

    /// <summary>Takes a part in, in the place of one of its name.</summary>
    public void Put(NamedSettings part) => _parts = [.. _parts.Where(other => other.Name != part.Name), part];

    /// <summary>Defaults of the part of a name, in whatever case it is written; null where there is none.</summary>
    public NamedSettings? Find(string name)
    {
        foreach (NamedSettings part in _parts)
        {
            if (string.Equals(part.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return part;
            }
        }
        return null;
    }

    /// <summary>What to say of a name that is not in the table, as a whole sentence.</summary>
    public string Unknown(string name)
    {
        string[] names = [.. _parts.Select(part => part.Name)];
        return $"there is no {what} '{ForeignText.Show(name)}'.{NearestName.Suggest(name, names)} Known: {string.Join(", ", names)}.";
    }
}
