using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tests.CodeTests.Specimens.Here;
using Tests.CodeTests.Specimens.There;
using Xunit;

namespace Tests.CodeTests;

/// <summary>
/// A namespace can be read without those that need it: there are no circles between the namespaces of a project, also those that lie in one another, nor
/// between projects. The compiled code is searched.
/// </summary>
public sealed class NamespaceCircleTests
{
    /// <summary>
    /// Types whose whole job is one line for each part: they may name the parts in the namespaces below their own, which need the rest of it. Such a table
    /// is what a reader looks for first, beside what its parts have in common.
    /// </summary>
    private static readonly string[] Tables =
    [
        "Agents.Networks.Cores.MemoryCores", // a line for each memory core, with the defaults of its settings
        "Learners.Optimizers.OptimizerTable", // a line for each optimiser, wrapper and parameter map
        "Learners.Supervised.SupervisedTasks", // a line for each task
    ];

    public static TheoryData<string> Assemblies => [.. Names];

    private static string[] Names =>
        [
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
        ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Namespaces_OfAProject_FormNoCircle(string name) =>
        RequireNone(Needs(ProductAssembly.Load(name).GetTypes(), Tables));

    [Fact]
    public void Namespaces_OfTwoProjects_AreDifferentOnes()
    {
        string[] shared =
        [
            .. Names
                .SelectMany(name => NamespacesOf(name).Select(space => (Space: space, Name: name)))
                .GroupBy(pair => pair.Space)
                .Where(group => group.Count() > 1)
                .Select(group => $"{group.Key}: {string.Join(", ", group.Select(pair => pair.Name))}"),
        ];

        Assert.Equal("", string.Join('\n', shared));
    }

    [Fact]
    public void Tables_WithoutTheirRight_WouldBeInACircle()
    {
        Assert.All(
            Tables,
            table =>
            {
                Assembly assembly = Names.Select(ProductAssembly.Load).Single(one => one.GetType(table) is not null);
                Circles circles = Needs(assembly.GetTypes(), [.. Tables.Except([table])]);
                Assert.Contains(
                    circles.Find(),
                    circle => circle.Contains(table.Split('.')[^1] + " → ", StringComparison.Ordinal)
                );
            }
        );
    }

    [Fact]
    public void Circles_OfASpecimen_AreShownWithTheTypesThatCauseThem()
    {
        Type[] specimens = [typeof(Host), typeof(Guest), typeof(Visit)];

        string circle = Assert.Single(Needs(specimens, []).Find());

        Assert.Equal(
            "Tests.CodeTests.Specimens.Here → Tests.CodeTests.Specimens.There: Host → Guest\n"
                + "Tests.CodeTests.Specimens.There → Tests.CodeTests.Specimens.Here: Guest → Visit",
            circle
        );
        Assert.Empty(Needs([typeof(Host), typeof(Visit)], []).Find()); // one direction alone
    }

    [Fact]
    public void Circles_OfATable_AreNoneBelowItsOwnNamespaceAlone()
    {
        Type[] specimens = [typeof(Specimens.Parts), typeof(Host), typeof(Guest), typeof(Visit)];

        Circles free = Needs(specimens, [typeof(Specimens.Parts).FullName!]);
        Circles bound = Needs(specimens, []);

        Assert.True(bound.Contains("Tests.CodeTests.Specimens", "Tests.CodeTests.Specimens.Here"));
        Assert.False(free.Contains("Tests.CodeTests.Specimens", "Tests.CodeTests.Specimens.Here"));
        Assert.NotEmpty(Needs(specimens, [typeof(Host).FullName!]).Find()); // not below it
    }

    [Theory]
    [InlineData(typeof(Host.Derived))]
    [InlineData(typeof(Host.Implementing))]
    [InlineData(typeof(Host.WithArguments))]
    [InlineData(typeof(Host.Constrained<>))]
    [InlineData(typeof(Host.Marked))]
    [InlineData(typeof(Host.WithField))]
    [InlineData(typeof(Host.WithArray))]
    [InlineData(typeof(Host.WithProperty))]
    [InlineData(typeof(Host.WithEvent))]
    [InlineData(typeof(Host.Returning))]
    [InlineData(typeof(Host.Taking))]
    [InlineData(typeof(Host.Creating))]
    [InlineData(typeof(Host.Calling))]
    [InlineData(typeof(Host.Reading))]
    [InlineData(typeof(Host.Catching))]
    [InlineData(typeof(Host.Casting))]
    [InlineData(typeof(Host.Asking))]
    [InlineData(typeof(Host.Generic))]
    public void Mentions_OfASpecimen_AreSeen(Type specimen) =>
        Assert.Contains(TypeMentions.Of(specimen), type => type.Namespace == typeof(Guest).Namespace);

    [Fact]
    public void Projects_OfTheSolution_FormNoCircle()
    {
        var circles = new Circles();
        string[] projects = [.. Projects()];
        foreach (string project in projects)
        {
            foreach (
                Match needed in Regex.Matches(
                    File.ReadAllText(project),
                    """<ProjectReference Include="[^"]*?(\w[\w.]*)\.csproj"""
                )
            )
            {
                circles.Add(Path.GetFileNameWithoutExtension(project), needed.Groups[1].Value, "ProjectReference");
            }
        }

        Assert.True(circles.Contains("Agents.Torch", "Agents"));
        RequireNone(circles);
    }

    [Fact]
    public void Agents_TheProject_KnowsNoTensorLibrary()
    {
        string project = Projects().Single(path => Path.GetFileName(path) == "Agents.csproj");

        Assert.DoesNotContain(
            "torch",
            File.ReadAllText(project).Replace("(AssemblyPrefix)Torch\"", "", StringComparison.Ordinal),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.DoesNotContain("TorchSharp", References("Agents"));
        Assert.DoesNotContain("TorchSharp", References("Actors"));
        Assert.Contains("TorchSharp", References("Agents.Torch"));
    }

    private static void RequireNone(Circles circles)
    {
        IReadOnlyList<string> found = circles.Find();
        Assert.True(found.Count == 0, $"Each of these needs the next, and the last the first:\n{string.Join("\n\n", found)}"); // whole, not shortened
    }

    private static IEnumerable<string?> References(string name) =>
        ProductAssembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name);

    private static IEnumerable<string> NamespacesOf(string name) =>
        ProductAssembly.Load(name).GetTypes().Where(type => IsWritten(type.Namespace)).Select(type => type.Namespace!).Distinct();

    // What the compiler adds stands in namespaces of the system, or in none.
    private static bool IsWritten(string? space) =>
        space is not null
        && !space.StartsWith("System", StringComparison.Ordinal)
        && !space.StartsWith("Microsoft", StringComparison.Ordinal);

    private static Circles Needs(Type[] types, string[] tables)
    {
        var circles = new Circles();
        HashSet<Type> own = [.. types.Select(Outermost)];
        foreach (Type type in types.SelectMany(WithNested).Distinct())
        {
            Type from = Outermost(type);
            if (!IsWritten(from.Namespace))
            {
                continue;
            }
            foreach (Type to in TypeMentions.Of(type).Select(Outermost).Where(to => own.Contains(to) && IsWritten(to.Namespace)))
            {
                bool isPartOfATable =
                    tables.Contains(from.FullName) && to.Namespace!.StartsWith(from.Namespace + ".", StringComparison.Ordinal);
                if (!isPartOfATable)
                {
                    circles.Add(from.Namespace!, to.Namespace!, $"{NameOf(from)} → {NameOf(to)}");
                }
            }
        }
        return circles;
    }

    private static IEnumerable<Type> WithNested(Type type) =>
        type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(WithNested).Prepend(type);

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }
        return type;
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static IEnumerable<string> Projects([CallerFilePath] string here = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
        return Directory.EnumerateDirectories(root).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"));
    }
}
