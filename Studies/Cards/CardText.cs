using System.Text.Json;
using Agents.Files;
using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments.Spaces;
using Learners.Runs;
using static Studies.Cards.CardMarkdown;

namespace Studies.Cards;

/// <summary>The text of a model card: what a folder tells, and where it tells nothing, that it does not.</summary>
/// <param name="facts">What is known.</param>
/// <param name="pictures">Pictures beside the card.</param>
internal sealed class CardText(CardFacts facts, CardPictures pictures)
{
    private const string NotRecorded = "not recorded";

    private readonly CardMarkdown _card = new();

    private PolicyInfo Info => facts.Policy.Info;

    /// <summary>The card.</summary>
    public string Write()
    {
        _card.Heading(1, $"{Escape(Info.Agent)} on {Escape(Info.Environment)}");
        if (facts.Environment is { Description.Length: > 0 } environment)
        {
            _card.Paragraph(Escape(environment.Description));
        }
        if (!facts.IsRun)
        {
            _card.Paragraph(
                "This card is of a saved policy without the folder of its run: its settings, its learning curve, its time and its machine are not known."
            );
        }
        if (pictures.Environment is { } drawn)
        {
            _card.Picture("The environment after a reset", drawn);
        }
        WriteOrigin();
        WriteScores();
        WriteUse();
        WriteNetwork();
        WriteTraining();
        WriteSkills();
        WriteSettings();
        WriteFiles();
        return _card.ToString();
    }

    private void WriteOrigin()
    {
        _card.Table(
            ["", ""],
            [
                ["environment", Escape(Info.Environment)],
                ["agent", Escape(Info.Agent)],
                ["acts", Info.Acting == "sample" ? "by drawing from its distribution, as in training" : Escape(Info.Acting)],
                ["seed of the run", $"{Info.Seed}"],
                ["environment steps", Number(Info.EnvironmentSteps)],
                ["parameters", Number(facts.Policy.ParameterCount)],
                ["version", Escape(Text("version") ?? NotRecorded)],
            ]
        );
    }

    private void WriteScores()
    {
        _card.Heading(2, "Scores");
        if (facts.Scores.Count == 0)
        {
            _card.Paragraph("No evaluation was recorded.");
        }
        else
        {
            _card.Paragraph("Returns are sums of the environment's own rewards over whole episodes, without discount.");
            _card.Table(
                ["policy", "mean return", "95 % interval", "deviation", "episodes", "after steps"],
                facts.Scores.Select(score =>
                    (IReadOnlyList<string>)
                        [
                            score.Of,
                            Number(score.Mean),
                            score.Interval is { } interval ? $"{Number(interval.Low)} to {Number(interval.High)}" : "–",
                            score.Deviation is { } deviation ? Number(deviation) : "–",
                            Number(score.Episodes),
                            Number(score.Steps),
                        ]
                )
            );
            if (facts.Scores.Any(score => score.Of == "best"))
            {
                _card.Paragraph(
                    "The best policy was chosen by its score, which therefore is too high on average; the last one was not."
                );
            }
        }
        if (facts.Environment?.RandomReturn is { } random)
        {
            _card.Item($"Uniformly random actions return {Number(random)} on average.");
        }
        if (facts.Environment?.RewardThreshold is { } threshold)
        {
            _card.Item($"The task counts as solved from a mean return of {Number(threshold)}.");
        }
        if (pictures.Curve is { } curve)
        {
            _card.Heading(3, "Learning curve");
            _card.Picture("Return while it was trained", curve);
        }
    }

    private void WriteUse()
    {
        _card.Heading(2, "Use and limits");
        _card.Item(
            $"It was trained on {Escape(Info.Environment)} for {Number(Info.EnvironmentSteps)} steps; nothing here was measured anywhere else."
        );
        foreach (
            CardSetting from in (facts.Changed ?? []).Where(setting => setting.Key.EndsWith(".path", StringComparison.Ordinal))
        )
        {
            _card.Item($"It was made with another policy, of {Escape(from.Value)} ({Escape(from.Key)}).");
        }
        foreach (
            string sentence in PolicyNeeds
                .OfCaller(facts.Policy)
                .Concat(PolicyNeeds.OfPolicy(facts.Policy))
                .Concat(PolicyNeeds.OfTraining(Info))
        )
        {
            _card.Item(Escape(sentence));
        }
        IReadOnlyList<string> names = facts.Environment?.ActionNames ?? [];
        bool areNamed = facts.Policy.ActionSpace is Discrete { Count: var count } && names.Count == count && Info.Options is null;
        _card.Item(
            $"It answers with actions of {Escape(facts.Policy.ActionSpace.ToString())}{(areNamed ? ": " + string.Join(", ", names.Select((name, i) => $"{i} is {Escape(name)}")) : "")}."
        );
    }

    private void WriteNetwork()
    {
        _card.Heading(2, "Network");
        IReadOnlyList<CardSetting> network = CardSetting.Changed(
            StrictYaml.Write(facts.Policy.Network),
            StrictYaml.Write(new NetworkSettings())
        );
        _card.Paragraph(
            $"{Number(facts.Policy.ParameterCount)} parameters, {(facts.Policy.CoreStateSize == 0 ? "no memory" : $"a memory of {Number(facts.Policy.CoreStateSize)} numbers ({Escape(string.Join(", ", facts.Policy.Network.Memories))})")}."
        );
        WriteChanges(network);
        _card.Folded("The whole network", "yaml", StrictYaml.Write(facts.Policy.Network));
    }

    private void WriteTraining()
    {
        if (!facts.IsRun)
        {
            return;
        }
        _card.Heading(2, "Training");
        JsonElement hardware =
            facts.Summary.ValueKind == JsonValueKind.Object && facts.Summary.TryGetProperty("hardware", out JsonElement found)
                ? found
                : default;
        string state =
            facts.Summary.ValueKind != JsonValueKind.Object ? "not over when this card was written"
            : facts.Summary.TryGetProperty("interrupted", out JsonElement interrupted)
            && interrupted.ValueKind == JsonValueKind.True
                ? "interrupted"
            : "complete";
        double? memory = Value(hardware, "memory_bytes");
        _card.Table(
            ["", ""],
            [
                ["run", state],
                [
                    "environment steps",
                    Value(facts.Summary, "env_steps") is { } steps ? Number(steps) : Number(Info.EnvironmentSteps),
                ],
                ["updates", Value(facts.Summary, "updates") is { } updates ? Number(updates) : NotRecorded],
                [
                    "wall seconds, of the process that ended it",
                    Value(facts.Summary, "wall_seconds") is { } wall ? Number(wall) : NotRecorded,
                ],
                [
                    "processor seconds, of that process",
                    Value(facts.Summary, "cpu_seconds") is { } cpu ? Number(cpu) : NotRecorded,
                ],
                ["processor", Escape(Text(hardware, "cpu") ?? NotRecorded)],
                ["cores", Value(hardware, "cores") is { } cores ? Number(cores) : NotRecorded],
                ["memory", memory is { } bytes ? $"{Number(Math.Round(bytes / (1 << 30), 1))} GiB" : NotRecorded],
                ["instructions", Escape(Text(hardware, "instruction_set") ?? NotRecorded)],
                ["system", Escape(Text(hardware, "os") ?? NotRecorded)],
                ["runtime", Escape(Text(hardware, "runtime") ?? NotRecorded)],
            ]
        );
    }

    private void WriteSkills()
    {
        if (facts.Skills.Count == 0)
        {
            return;
        }
        _card.Heading(2, facts.Skills.Count == 1 ? "Skill" : "Skills");
        _card.Paragraph(
            "Skills were learned without the task's rewards; returns are of the task, as far as the skill happened to get them."
        );
        _card.Table(
            ["skill", "mean return", "largest return", "states", "new ones", "steps until then"],
            facts.Skills.Select(skill =>
                (IReadOnlyList<string>)
                    [
                        $"{skill.Skill}",
                        Number(skill.TaskReturn),
                        Number(skill.LargestTaskReturn),
                        Number(skill.Cells),
                        $"{Number(Math.Round(100 * skill.Novelty, 1))} %",
                        Number(skill.EnvironmentSteps),
                    ]
            )
        );
    }

    private void WriteSettings()
    {
        if (facts.Settings is not { } settings)
        {
            return;
        }
        _card.Heading(2, "Settings");
        if (facts.Changed is { } changed)
        {
            WriteChanges(changed);
        }
        else
        {
            _card.Paragraph("The agent or a setting is not known to this version, so that nothing is said about defaults.");
        }
        _card.Folded("All settings", "yaml", settings);
    }

    private void WriteChanges(IReadOnlyList<CardSetting> changed)
    {
        if (changed.Count == 0)
        {
            _card.Paragraph("Every setting has its default.");
            return;
        }
        _card.Paragraph("Other than the defaults:");
        _card.Table(
            ["setting", "value", "default"],
            changed.Select(setting =>
                (IReadOnlyList<string>)
                    [Escape(setting.Key), Escape(setting.Value), setting.Default is { } usual ? Escape(usual) : "–"]
            )
        );
    }

    private void WriteFiles()
    {
        _card.Heading(2, "Files");
        _card.Table(
            ["policy", "file", "SHA-256"],
            from policy in facts.Policies
            from file in (string[])[SavedPolicy.WeightsFile, SavedPolicy.DescriptionFile]
            select (IReadOnlyList<string>)[policy.Of, file, AtomicFile.Hash(Path.Combine(policy.Folder, file))]
        );
        _card.Item(
            $"SHA-256 of the {facts.Policies[0].Of} policy's parameters as little-endian float32: {facts.Policy.ParameterHash}"
        );
        _card.Item($"This card was written by version {Escape(RunOrigin.Version)}. Hashes find damage, not intent.");
    }

    private string? Text(string name) => Text(facts.Summary, name);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static double? Value(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;
}
