using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.CodeTests;

/// <summary>Files and methods of the product stay short enough to be one thought. What is longer stands here with the reason, and nothing that is not.</summary>
public sealed class SizeTests
{
    private const int LongFile = 300;
    private const int LongestFile = 400;
    private const int LongMethod = 60;
    private const int LargeFolder = 20;

    private static readonly string[] Files =
    [
        "Agents/Kernels/MatrixProduct.Tiles.cs", // the tiles of one product, unrolled by hand
        "Agents/Networks/ProgramNetwork.cs", // the three forms of a network share their plans
        "Environments/BatchedEnvironment.cs", // one hot loop, which the compiler specialises as a whole
        "Environments/MinAtar/Seaquest.cs", // the rules of one game
        "Learners/Training/TrainingSession.cs", // all that a program may do with a run
    ];

    private static readonly string[] Methods =
    [
        "Actors.Fleet/ActorRunner.cs: RunAsync", // one reaction for each way in which a stream ends
        "Agents/Kernels/MatrixProduct.Tiles.cs: Tile4x2", // unrolled by hand
        "Agents/Kernels/MatrixProduct.Tiles.cs: Tile4x4", // unrolled by hand
        "Agents/Programs/Operators/Memory/RelativeAttention.cs: Run", // one kernel
        "Agents/Programs/Planning/Components.cs: Of", // one algorithm, Tarjan's
        "Agents/Programs/Planning/Planner.cs: Compile", // the order of the passes
        "Agents/Yaml/FamiliarKeys.cs: new", // a table
        "Chaos/Artefacts/ArtefactSamples.cs: MakeAsync", // a list of samples
        "Environments/ClassicControl/ClassicControlEnvironments.cs: Register", // a table
        "Environments/Memory/MemoryEnvironments.cs: Register", // a table
        "Environments/MinAtar/Breakout.cs: Step", // the rules of one game
    ];

    [Fact]
    public void Files_OverThreeHundredLines_AreThoseWithAReason()
    {
        (string Path, int Lines)[] files = [.. Sources().Select(source => (source.Path, source.Lines.Length))];

        Assert.Equal(Files, files.Where(file => file.Lines > LongFile).Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(files, file => file.Lines > LongestFile);
    }

    [Fact]
    public void Folders_OfTheProduct_HaveAtMostTwentyFiles() =>
        Assert.Empty(
            Sources()
                .GroupBy(source => Path.GetDirectoryName(source.Path))
                .Where(folder => folder.Count() > LargeFolder)
                .Select(folder => $"{folder.Key}: {folder.Count()}")
        );

    [Fact]
    public void Methods_OverSixtyLines_AreThoseWithAReason() =>
        Assert.Equal(
            Methods,
            Sources()
                .SelectMany(source => LongMethods(source.Lines).Select(name => $"{source.Path}: {name}"))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void LongMethods_OfASpecimen_AreFound()
    {
        string[] body = [.. Enumerable.Repeat("        x++;", LongMethod + 1)];

        Assert.Equal(
            ["Long"],
            LongMethods(["class C", "{", "    void Long<T>(", "        int x", "    )", "    {", .. body, "    }", "}"])
        );
        Assert.Empty(LongMethods(["class C", "{", "    void Short(int x)", "    {", .. body[1..], "    }", "}"]));
        Assert.Equal(
            ["Inner"],
            LongMethods([
                "class C",
                "{",
                "    class D(int y)",
                "    {",
                "        void Inner()",
                "        {",
                .. body,
                "        }",
                "    }",
                "}",
            ])
        );
    }

    // The formatter puts the braces of a member on lines of their own, under its first line: four columns to the right of its type's.
    private static IEnumerable<string> LongMethods(string[] lines, string margin = "    ")
    {
        for (int open = 1; open < lines.Length; open++)
        {
            if (lines[open] != margin + "{")
            {
                continue;
            }
            int close = Array.FindIndex(lines, open, line => line.StartsWith(margin + "}", StringComparison.Ordinal));
            int head = open - 1;
            while (head > 0 && !Regex.IsMatch(lines[head], $@"^{margin}[\w\[(]"))
            {
                head--;
            }
            if (Regex.IsMatch(lines[head], @"\b(class|struct|record|interface)\b"))
            {
                foreach (string inner in LongMethods(lines[open..close], margin + "    "))
                {
                    yield return inner;
                }
                continue;
            }
            Match name = Regex.Match(lines[head], @"(\w+)(?:<[^()]*>)?\(");
            if (close - open - 1 > LongMethod && name.Success)
            {
                yield return name.Groups[1].Value;
            }
        }
    }

    private static IEnumerable<(string Path, string[] Lines)> Sources([CallerFilePath] string here = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
        string[] projects =
        [
            .. Directory
                .EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace('\\', '/'))
                .Where(folder => !folder.Contains('/') && folder is not ("Tests" or "MicroBenchmarks")),
        ];
        Assert.True(projects.Length > 10, $"The projects were looked for in {root}, and {projects.Length} were found.");
        return projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            .Select(file => (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), Lines: File.ReadAllLines(file)))
            .Where(source => !Regex.IsMatch(source.Path, "/(obj|bin)/"));
    }
}
