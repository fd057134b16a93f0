using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.CodeTests;

/// <summary>
/// No code takes a value of an enum that it does not know for one that it does: switches name every value or throw, which the compiler
/// checks where there is no arm for the rest (CS8509), and nothing decides between two kinds by asking for one of them.
/// </summary>
public sealed class EnumSwitchTests
{
    private static readonly string[] Folders =
    [
        "Foundation",
        "Environments",
        "Environments.Remote",
        "Protos",
        "Protos.Rpc",
        "Agents",
        "Agents.Onnx",
        "Agents.Torch",
        "Actors",
        "Actors.Fleet",
        "Learners",
        "Fleet",
        "Studies",
        "Studies.Cluster",
        "Page",
        "Chaos",
        "Benchmarks",
        "Cli",
    ];

    /// <summary>Arms for the rest that do not throw, and why that is right.</summary>
    private static readonly string[] RightArms =
    [
        "Environments/MuJoCo/Rendering/Shape.cs", // numbers of MuJoCo: meshes and height fields are not drawn
        "Environments.Remote/Failures.cs", // of a message: a newer server may know more
        "Actors.Fleet/ActorRunner.cs", // of a message: a newer learner may know more
    ];

    /// <summary>Questions whose answer no for every other value is right: a word or number for one value, a rule for the rest.</summary>
    private static readonly string[] RightQuestions =
    [
        "Agents/Policies/PolicyDocument.cs: EncoderKind.Auto ?", // what was left open alone has changed its meaning since
        "Environments/Checking/EnvironmentChecker.cs: CheckOutcome.Failed ?", // what failed is broken
        "Environments/GridWorld/Cell.cs: Type == CellType.Door ?", // only doors say how they stand
        "Environments/GridWorld/Layouts/KeyCorridorLayout.cs: CellType.Ball ?", // the task is the ball
        "Environments/MuJoCo/Rendering/ScenePainter.cs: ShapeKind.Capsule or ShapeKind.Cylinder ?",
        "Environments/MuJoCo/Rendering/Shape.cs: ShapeKind.Box or ShapeKind.Ellipsoid ?",
        "Studies/Reports/JsonReport.cs: EffectKind.Bar ?",
        "Studies/Reports/MarkdownReport.cs: Verdict.None ?",
        "Studies/Reports/JsonReport.cs: Verdict.None ?",
        "Studies/Running/RunScheduler.cs: RunStatus.Finished ?",
    ];

    [Fact]
    public void Switches_OverEnums_HaveNoArmForTheRestThatGoesOn()
    {
        string[] found =
        [
            .. Sources()
                .Where(source => !RightArms.Contains(source.Path))
                .SelectMany(source => LooseSwitches(source.Path, source.Text)),
        ];

        Assert.Equal("", string.Join('\n', found));
    }

    [Fact]
    public void Conditionals_OnEnums_AskOnlyWhatTheRestMayAnswerWithNo()
    {
        string[] questions =
        [
            .. Sources().SelectMany(source => Questions(source.Text).Select(question => $"{source.Path}: {question}")),
        ];

        Assert.All(questions, question => Assert.Contains(RightQuestions, right => Matches(question, right)));
        Assert.All(RightQuestions, right => Assert.Contains(questions, question => Matches(question, right)));
    }

    [Theory]
    [InlineData("x = kind switch { GateKind.Input => 4, _ => 3 };", 1)]
    [InlineData("x = kind switch { GateKind.Input => 4, GateKind.Output => 3, _ => throw new E() };", 0)]
    [InlineData("x = kind switch { GateKind.Input => 4, GateKind.Output => 3 };", 0)]
    [InlineData("switch (kind) { case GateKind.Input: F(); break; }", 1)]
    [InlineData("switch (kind) { case GateKind.Input: F(); break; default: G(); break; }", 1)]
    [InlineData("switch (kind) { case GateKind.Input: { F(); break; } default: throw new E(); }", 0)]
    [InlineData("x = space switch { Box { ElementType: ElementType.UInt8 } => 1, _ => 2 };", 0)] // over types
    [InlineData("x = text switch { \"a\" => GateKind.Input, _ => GateKind.Output };", 0)] // over texts
    [InlineData("x = a switch { GateKind.Input => b switch { 1 => 2, _ => 3 }, GateKind.Output => 4 };", 0)]
    public void LooseSwitches_OfASpecimen_AreSeen(string text, int count) => Assert.Equal(count, LooseSwitches("", text).Count());

    [Theory]
    [InlineData("x = kind == GateKind.Input ? 4 : 3;", 1)]
    [InlineData("x = settings.Kind is GateKind.Input or GateKind.Gru\n    ? 4 : 3;", 1)]
    [InlineData("x = kind == GateKind.Input && size > 3;", 0)]
    public void Questions_OfASpecimen_AreSeen(string text, int count) => Assert.Equal(count, Questions(text).Count());

    private static bool Matches(string question, string right)
    {
        string[] parts = right.Split(": ", 2);
        return question.StartsWith(parts[0] + ": ", StringComparison.Ordinal)
            && question.EndsWith(parts[1], StringComparison.Ordinal);
    }

    private static IEnumerable<string> LooseSwitches(string path, string text)
    {
        foreach (Match match in Regex.Matches(text, @"\bswitch\b\s*(?<of>\((?>[^()]+|(?<open>\()|(?<-open>\)))*\)\s*)?\{"))
        {
            string body = OwnText(text, match.Index + match.Length);
            bool isStatement = match.Groups["of"].Success;
            bool isOverEnum = isStatement
                ? Regex.IsMatch(body, @"\bcase\s+(?:\w+\.)*" + Member)
                : Regex.IsMatch(body, @"(?:^|,)\s*(?:\w+\.)*" + Member + @"(?:\s+(?:or|when)\b[^,]*?)?\s*=>");
            string? rest = Regex.Match(body, isStatement ? @"\bdefault\s*:\s*(\w*)" : @"(?:^|,)\s*_\s*=>\s*(\w*)")
                is { Success: true } arm
                ? arm.Groups[1].Value
                : null;
            if (isOverEnum && rest != "throw" && (isStatement || rest is not null))
            {
                int line = text.AsSpan(0, match.Index).Count('\n') + 1;
                yield return $"{path}({line}): the arm for the rest does not throw";
            }
        }
    }

    private static IEnumerable<string> Questions(string text) =>
        Regex
            .Matches(
                text,
                @"[\w.]+\s*(?:==|!=|\bis\b(?:\s+not\b)?)\s*(?:\w+\.)*"
                    + Member
                    + @"(?:\s+or\s+(?:\w+\.)*"
                    + Member
                    + @")*\s*\?(?![?.])"
            )
            .Select(match => Regex.Replace(match.Value, @"\s+", " "));

    // What stands between the braces, without what stands in further ones.
    private static string OwnText(string text, int start)
    {
        var own = new System.Text.StringBuilder();
        int depth = 1;
        for (int i = start; i < text.Length && depth > 0; i++)
        {
            depth +=
                text[i] is '{' ? 1
                : text[i] is '}' ? -1
                : 0;
            if (depth == 1 && text[i] != '}')
            {
                own.Append(text[i]);
            }
        }
        return own.ToString();
    }

    private static string Member { get; } = @"\b(?:" + string.Join('|', EnumNames()) + @")\.[A-Z]\w*";

    // The names are unique enough: an enum's name before a dot and a capital is a value of it.
    private static IEnumerable<string> EnumNames() =>
        new[]
        {
            typeof(Environments.EnvironmentSpec),
            typeof(Protos.Unroll),
            typeof(Agents.Networks.NetworkSpec),
            typeof(Actors.UnrollRecorder),
            typeof(Learners.Training.Trainer),
            typeof(Environments.Remote.RemoteEnvironment),
            typeof(Actors.Fleet.ActorRunner),
            typeof(global::Fleet.FleetLearner),
            typeof(Studies.Reproducer),
            typeof(global::Page.PageServer),
            typeof(global::Chaos.ChaosSuite),
            typeof(global::Benchmarks.BenchmarkSuite),
            typeof(Cli.Processes.ExitCodes),
        }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsEnum && !type.Name.EndsWith("OneofCase", StringComparison.Ordinal))
            .Select(type => type.Name)
            .Distinct();

    // Without comments and texts, so that braces in them do not count; what an interpolated text asks is not read.
    private static IEnumerable<(string Path, string Text)> Sources([CallerFilePath] string here = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
        string[] files =
        [
            .. Folders
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Where(file => !Regex.IsMatch(file, "/(obj|bin)/")),
        ];
        Assert.True(files.Length > 300, $"The sources were looked for in {root}, and {files.Length} were found.");
        return files.Select(file =>
            (
                file,
                Regex.Replace(
                    File.ReadAllText(Path.Combine(root, file)),
                    @"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])+'|""(?:\\.|[^""\\\n])*""",
                    match => match.Value[0] == '/' ? "" : "\"\"",
                    RegexOptions.Singleline
                )
            )
        );
    }
}
