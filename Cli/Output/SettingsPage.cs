using System.Text;
using Learners.Composition;
using Learners.Configuration;

namespace Cli.Output;

/// <summary>All settings as a page of Markdown: what all runs have, then a section for each agent.</summary>
internal static class SettingsPage
{
    private const string Standing = "AGENT";

    /// <summary>Writes the page.</summary>
    public static string Write(IReadOnlyCollection<Agent> agents)
    {
        var page = new StringBuilder(
            """
            # Settings

            A key with dots is what `--set` takes; in a YAML file for `--config` the parts stand below each other. A setting without a default is left open, and what then
            holds is said in its meaning. `agents settings AGENT --find WORD` searches. This page is made by `agents settings --markdown > docs/settings.md`.

            """
        );
        var of = agents.ToDictionary(agent => agent, SettingsCatalogue.Of);
        foreach (IGrouping<string, SettingEntry> group in Outside(of.First()).GroupBy(SectionOf))
        {
            Add(page, group.Key.Length == 0 ? "Of every run" : $"`{group.Key}`", group);
        }
        SettingEntry[] common = [.. of.Select(Inside).Aggregate<IEnumerable<SettingEntry>>((one, other) => one.Intersect(other))];
        Add(page, "Of every agent, whose name stands for AGENT", common);
        foreach ((Agent agent, IReadOnlyList<SettingEntry> entries) in of)
        {
            Add(
                page,
                $"Agent `{agent.Name}`",
                Inside(KeyValuePair.Create(agent, entries))
                    .Except(common)
                    .Select(entry => entry with { Key = agent.Name + entry.Key[Standing.Length..] })
            );
        }
        return page.ToString();
    }

    private static IEnumerable<SettingEntry> Outside(KeyValuePair<Agent, IReadOnlyList<SettingEntry>> of) =>
        of.Value.Where(entry => !entry.Key.StartsWith(of.Key.Name + ".", StringComparison.Ordinal));

    // Under a name that stands for every agent's, so that equal ones are equal.
    private static IEnumerable<SettingEntry> Inside(KeyValuePair<Agent, IReadOnlyList<SettingEntry>> of) =>
        of.Value.Except(Outside(of)).Select(entry => entry with { Key = Standing + entry.Key[of.Key.Name.Length..] });

    private static string SectionOf(SettingEntry entry) =>
        entry.Key.Contains('.', StringComparison.Ordinal) ? entry.Key.Split('.')[0] : "";

    private static void Add(StringBuilder page, string title, IEnumerable<SettingEntry> entries)
    {
        page.Append($"\n## {title}\n\n| key | default | takes | meaning |\n|---|---|---|---|\n");
        foreach (SettingEntry entry in entries)
        {
            page.Append($"| `{entry.Key}` | {Cell(entry.Default)} | {Cell(entry.Takes)} | {Cell(entry.Meaning)} |\n");
        }
    }

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
