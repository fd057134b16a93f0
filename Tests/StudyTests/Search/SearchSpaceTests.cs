using Agents.Yaml;
using Environments.Randomness;
using Studies.Search;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Search;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Grid_ListsAndPoints_AreCombined()
    {
        SearchSpace space = Read(
            "{ a.b: [1, 2], c: { from: 1e-4, to: 1e-2, scale: log, points: 3 }, d: { from: 1, to: 4, whole: true, points: 4 } }"
        );

        IReadOnlyList<SearchPoint> grid = space.Grid();

        Assert.Equal(2 * 3 * 4, grid.Count);
        Assert.Equal("a.b=1 c=0.0001 d=1", grid[0].ToString());
        Assert.Equal("a.b=1 c=0.0001 d=2", grid[1].ToString());
        Assert.Equal("a.b=2 c=0.01 d=4", grid[^1].ToString());
        Assert.Equal(["0.0001", "0.001", "0.01"], grid.Select(point => point["c"]!).Distinct());
    }

    [Fact]
    public void Grid_OfAConditionalSetting_HasItWhereItExists()
    {
        SearchSpace space = Read("{ kind: [adam, sgd], beta: { choices: [0.9, 0.99], when: { kind: adam } } }");

        Assert.Equal(["kind=adam beta=0.9", "kind=adam beta=0.99", "kind=sgd"], space.Grid().Select(point => point.ToString()));
    }

    [Fact]
    public void Draw_OfRanges_StaysInsideAndFollowsTheScale()
    {
        SearchSpace space = Read("{ log: { from: 1e-6, to: 1, scale: log }, whole: { from: 1, to: 3, whole: true } }");
        var random = new Pcg64(5);
        var logarithms = new List<double>();
        var wholes = new Dictionary<string, int>();
        for (int i = 0; i < 6_000; i++)
        {
            SearchPoint point = space.Draw(ref random);
            double value = SearchParameter.Number(point["log"]!);
            Assert.InRange(value, 1e-6, 1);
            logarithms.Add(Math.Log10(value));
            wholes[point["whole"]!] = wholes.GetValueOrDefault(point["whole"]!) + 1;
        }

        Assert.InRange(logarithms.Average(), -3.1, -2.9);
        Assert.Equal(["1", "2", "3"], wholes.Keys.Order());
        Assert.All(wholes.Values, count => Assert.InRange(count, 1_800, 2_200)); // each a third, also at the ends
    }

    [Fact]
    public void Corners_ShowEveryChoiceAndBothEnds()
    {
        SearchSpace space = Read(
            "{ kind: [adam, sgd], beta: { from: 0.5, to: 0.9, when: { kind: adam } }, momentum: { choices: [0, 0.9], when: { kind: sgd } } }"
        );

        string[] corners = [.. space.Corners().Select(point => point.ToString())];

        foreach (
            string part in (string[])["kind=adam beta=0.5", "kind=adam beta=0.9", "kind=sgd momentum=0", "kind=sgd momentum=0.9"]
        )
        {
            Assert.Contains(part, corners);
        }
    }

    [Theory]
    [InlineData("{ a: 3 }", "has one value")]
    [InlineData("{ a: [] }", "has no choices")]
    [InlineData("{ a: [1, 1] }", "has a choice twice")]
    [InlineData("{ a: { from: 2, to: 1 } }", "has no range")]
    [InlineData("{ a: { from: 0, to: 1, scale: log } }", "has no logarithm")]
    [InlineData("{ a: { from: 0, to: 1, scale: square } }", "has the scale 'square'")]
    [InlineData("{ a: { from: 0.5, to: 2, whole: true } }", "has whole numbers")]
    [InlineData("{ a: { from: 0, to: 1, stride: 1 } }", "unknown key 'stride'")]
    [InlineData("{ a: { from: 0 } }", "needs a number to")]
    [InlineData("{ a: { choices: [1], from: 0 } }", "has choices and a range")]
    [InlineData("{ a: { choices: [1], when: { b: 2 } } }", "depends on b being 2")]
    public void Read_WhatCannotBeSearched_IsRefused(string text, string message)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() => Read(text));

        Assert.StartsWith("test: space.a", exception.Message);
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public void TextOf_WholeNumbers_AreRoundedAndClipped()
    {
        SearchParameter whole = Read("{ a: { from: 1, to: 10, whole: true } }").Parameters[0];

        Assert.Equal("3", whole.TextOf(2.5));
        Assert.Equal("2", whole.TextOf(2.4));
        Assert.Equal("10", whole.TextOf(12));
        Assert.Equal("1", whole.TextOf(0.2));
    }

    [Fact]
    public void Change_OfAParameterWithAStep_AddsOrTakesIt_FromItsStart()
    {
        SearchSpace space = Read("alpha: { from: 0, to: 1, start: 0, step: 0.1 }");
        var random = new Pcg64(1);
        SearchPoint point = space.Draw(ref random);
        Assert.Equal("0", point["alpha"]);
        var seen = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            SearchPoint next = Explore.Change(new PopulationSettings(), space, point, ref random);
            double moved = Math.Abs(SearchParameter.Number(next["alpha"]!) - SearchParameter.Number(point["alpha"]!));
            Assert.True(moved < 1e-9 && point["alpha"] is "0" or "1" || Math.Abs(moved - 0.1) < 1e-6, $"moved by {moved}");
            seen.Add(next["alpha"]!);
            point = next;
        }
        Assert.Contains("0.3", seen);
    }

    [Theory]
    [InlineData("a: { from: 0, to: 1, step: -1 }", "step below 0")]
    [InlineData("a: { from: 0, to: 1, start: 2 }", "starts outside its range")]
    public void Read_AStepOrStartThatCannotBe_SaysWhy(string text, string message) =>
        Assert.Contains(message, Assert.Throws<SettingsException>(() => Read(text)).Message);

    internal static SearchSpace Read(string text) => SearchSpace.Read(StrictYaml.Parse(text, "test"), "test");
}
