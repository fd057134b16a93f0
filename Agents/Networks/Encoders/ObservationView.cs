using System.Globalization;
using Agents.Yaml;
using Environments;
using Environments.Spaces;
using Protos.Foreign;

namespace Agents.Networks.Encoders;

/// <summary>Which parts of an observation a network reads. What it reads of each is what it would read of an observation that has only those parts.</summary>
/// <remarks>
/// An entry of a view is the path of an entry of a <see cref="Dict"/>, as <see cref="ObservationFeatures.EntriesOf"/> names it; or places in a vector,
/// <c>3</c> or <c>2-5</c> with both ends; or both, <c>vector:2-5</c>. The parts stay in the order of the observation, whatever that of the view, and
/// places that follow one another are one part.
/// </remarks>
internal static class ObservationView
{
    /// <summary>The parts that are read, in the order of the observation.</summary>
    /// <param name="space">Observations.</param>
    /// <param name="view">What is read; null for everything.</param>
    /// <param name="key">The setting that says so, for messages.</param>
    /// <exception cref="SettingsException">The view names nothing, something that there is not, or something twice.</exception>
    public static IReadOnlyList<ViewedPart> PartsOf(Space space, string[]? view, string key = "network.view")
    {
        List<ViewedPart> entries = EntriesOf(space);
        try
        {
            return view is null ? entries : Read(entries, view);
        }
        catch (SettingsException exception)
        {
            throw new SettingsException($"{key}: {exception.Message}", exception);
        }
    }

    private static List<ViewedPart> Read(List<ViewedPart> entries, string[] view)
    {
        if (view.Length == 0)
        {
            throw Mistake("the list is empty, so nothing would be read. Leave it out to read everything.");
        }
        Place[] places = [.. view.Select(text => PlaceOf(text, entries)).OrderBy(place => place.First)];
        var joined = new List<Place>();
        foreach (Place place in places)
        {
            if (joined.Count > 0 && place.First < joined[^1].End)
            {
                throw Mistake(
                    $"'{Show(place.Text)}' and '{Show(joined[^1].Text)}' name the same numbers of the observation. Name each once."
                );
            }
            if (joined.Count > 0 && place.Entry == joined[^1].Entry && place.First == joined[^1].End)
            {
                joined[^1] = joined[^1] with { End = place.End, Text = place.Text };
            }
            else
            {
                joined.Add(place);
            }
        }
        return [.. joined.Select(place => PartOf(place))];
    }

    /// <summary>What a view leaves of observations, in words; views that leave the same have one description, however they are written.</summary>
    /// <inheritdoc cref="PartsOf"/>
    public static string Describe(Space space, string[]? view)
    {
        IReadOnlyList<ViewedPart> parts = PartsOf(space, view);
        return parts.Sum(part => part.Space.Size) == space.Size
            ? "everything"
            : "numbers "
                + string.Join(
                    ", ",
                    parts.Select(part =>
                        part.Space.Size == 1 ? $"{part.First}" : $"{part.First}-{part.First + part.Space.Size - 1}"
                    )
                );
    }

    private static List<ViewedPart> EntriesOf(Space space)
    {
        var entries = new List<ViewedPart>();
        int first = 0;
        foreach ((string path, Space entry) in ObservationFeatures.EntriesOf(space))
        {
            entries.Add(new ViewedPart(path, entry, first));
            first += entry.Size;
        }
        return entries;
    }

    private static Place PlaceOf(string text, List<ViewedPart> entries)
    {
        bool isOneSpace = entries is [{ Name: "" }];
        if (!isOneSpace && entries.Find(entry => entry.Name == text) is { Space: not null } whole)
        {
            return new Place(whole, whole.First, whole.First + whole.Space.Size, text);
        }
        int colon = text.LastIndexOf(':');
        string name = colon < 0 || isOneSpace ? text : text[..colon];
        ViewedPart found = isOneSpace ? entries[0] : entries.Find(entry => entry.Name == name);
        if (found.Space is null || (!isOneSpace && colon < 0))
        {
            string[] names = [.. entries.Select(entry => entry.Name)];
            throw Mistake(
                $"there is no entry '{Show(name)}' in the observation.{NearestName.Suggest(name, names)} Known: {ForeignText.Show(string.Join(", ", names))}."
            );
        }
        return Within(found, isOneSpace ? text : text[(colon + 1)..], text);
    }

    private static Place Within(ViewedPart entry, string range, string text)
    {
        int size = entry.Space.Size;
        bool isVector = entry.Space is Box { Shape.Length: 1 } or MultiDiscrete or MultiBinary;
        if (!isVector)
        {
            string remedy =
                entry.Name.Length == 0 ? "Leave the setting out" : $"Name '{Show(entry.Name)}' as a whole, or not at all";
            throw Mistake($"'{Show(text)}' names places in {entry.Space}, which is no vector. {remedy}.");
        }
        string[] ends = range.Split('-');
        int last = -1;
        bool isRange =
            ends.Length <= 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last);
        if (!isRange)
        {
            throw Mistake(
                $"'{Show(text)}' names no place in {entry.Space}. Give one such as 0, or several such as 0-{size - 1}."
            );
        }
        int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        if (last < first)
        {
            throw Mistake($"'{Show(text)}' ends before it begins. Give the smaller place first.");
        }
        return last < size
            ? new Place(entry, entry.First + first, entry.First + last + 1, text)
            : throw Mistake($"'{Show(text)}' goes beyond {entry.Space}, whose places are 0 to {size - 1}.");
    }

    private static ViewedPart PartOf(Place place)
    {
        (int from, int count) = (place.First - place.Entry.First, place.End - place.First);
        Space part = place.Entry.Space switch
        {
            _ when count == place.Entry.Space.Size => place.Entry.Space,
            Box box => new Box(box.Low.Slice(from, count), box.High.Slice(from, count)) { ElementType = box.ElementType },
            MultiDiscrete several => new MultiDiscrete(several.Counts.Slice(from, count)),
            MultiBinary => new MultiBinary(count),
            _ => throw new System.Runtime.CompilerServices.SwitchExpressionException(place.Entry.Space),
        };
        return new ViewedPart(place.Entry.Name, part, place.First);
    }

    private static string Show(string text) => ForeignText.Show(text);

    private static SettingsException Mistake(string sentence) => new(sentence);

    /// <summary>Numbers of an entry.</summary>
    /// <param name="Entry">The entry.</param>
    /// <param name="First">First one within an observation.</param>
    /// <param name="End">Behind the last one.</param>
    /// <param name="Text">How somebody named them.</param>
    private readonly record struct Place(ViewedPart Entry, int First, int End, string Text);
}

/// <summary>An entry of an observation, or some of its numbers, that a network reads.</summary>
/// <param name="Name">Path of the entry in a <see cref="Dict"/>; empty where the observation is one entry.</param>
/// <param name="Space">What the part would be as a space of its own.</param>
/// <param name="First">First float within an observation.</param>
internal readonly record struct ViewedPart(string Name, Space Space, int First);
