using Agents.Yaml;
using Xunit;

namespace Tests.LearnerTests.Configuration;

public sealed class FlatYamlTests
{
    [Theory]
    [InlineData("a: 1\nb: {c: 2}", "a: 1\nb: {c: 2}", null)]
    [InlineData("a: 1\nb: {c: 2}", "a: 1\nb: {c: 3}", "b.c was 2 and is now 3")]
    [InlineData("a: [1, 2]", "a: [1, 3]", "a was [1, 2] and is now [1, 3]")]
    [InlineData("a: 1", "a: 1\nb: 2", "b is now 2, and was not set")]
    [InlineData("a: 1\nb: 2", "a: 1", "b was 2 and is not set now")]
    [InlineData("a: {}", "a: {b: 1}", "a.b is now 1, and was not set")]
    public void FirstChange_NamesTheKeyAndBothValues(string before, string now, string? expected) =>
        Assert.Equal(expected, FlatYaml.FirstChange(before, now));
}
