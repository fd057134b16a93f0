using Environments;
using Environments.ClassicControl;
using Environments.Spaces;
using Environments.State;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class EnvironmentOptionTests
{
    private enum Size
    {
        Small,
        Large,
    }

    private static readonly EnvironmentRegistry Registry = CreateRegistry();

    [Theory]
    [InlineData("Mine/Pole-v0", "Mine/Pole-v0", 10, 0.5)]
    [InlineData("Mine/Pole-v0?delay=20", "Mine/Pole-v0?delay=20", 20, 0.5)]
    [InlineData("Mine/Pole-v0?size=large&delay=20", "Mine/Pole-v0?delay=20&size=large", 20, 0.5)]
    [InlineData("Mine/Pole-v0?noise=2.50e-1&delay=007", "Mine/Pole-v0?delay=7&noise=0.25", 7, 0.25)]
    [InlineData("Mine/Pole-v0?size=LARGE", "Mine/Pole-v0?size=large", 10, 0.5)]
    [InlineData("Mine/Pole-v0?", "Mine/Pole-v0", 10, 0.5)]
    public void Find_Options_GiveTheCanonicalIdAndTheirValues(string id, string canonical, int delay, double noise)
    {
        EnvironmentSpec spec = Registry.Find(id);
        Assert.Equal((canonical, delay, noise), (spec.Id, spec.MaxEpisodeSteps, spec.RandomReturn));
        Assert.True(Registry.TryFind(id, out EnvironmentSpec? found));
        Assert.Equal(canonical, found.Id);
        using IBatchedEnvironment batch = Registry.Make(id, 2);
        Assert.Equal(canonical, batch.Spec.Id);
        Assert.Equal(spec.Id, Registry.Find(spec.Id).Id);
    }

    [Theory]
    [InlineData("Mine/Pole-v0?dealy=3", "'dealy'", "Did you mean 'delay', 1 to 100 (default 10)?")]
    [InlineData("Mine/Pole-v0?unheardofthing=3", "'unheardofthing'", "noise, 0 to 1 (default 0.5)")]
    [InlineData("CartPole-v1?delay=3", "'delay'", "CartPole-v1 has no options")]
    public void Make_UnknownOption_ThrowsAndNamesTheNearest(string id, string given, string hint)
    {
        var error = Assert.Throws<UnknownNameException>(() => Registry.Make(id));
        Assert.Contains(given, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.False(Registry.TryFind(id, out _));
    }

    [Theory]
    [InlineData("delay=0", "delay is 1 to 100 (default 10)")]
    [InlineData("delay=101", "delay is 1 to 100 (default 10)")]
    [InlineData("delay=2.5", "delay is 1 to 100 (default 10)")]
    [InlineData("delay=", "delay is 1 to 100 (default 10)")]
    [InlineData("delay", "delay is 1 to 100 (default 10)")]
    [InlineData("noise=nan", "noise is 0 to 1 (default 0.5)")]
    [InlineData("noise=1,5", "noise is 0 to 1 (default 0.5)")]
    [InlineData("size=medium", "size is one of small, large (default small)")]
    [InlineData("size=1", "size is one of small, large (default small)")]
    [InlineData("delay=2&delay=3", "gives delay twice")]
    public void Find_ImpossibleValue_ThrowsAndNamesRangeAndDefault(string query, string expected)
    {
        string id = $"Mine/Pole-v0?{query}";
        var error = Assert.Throws<InvalidOptionException>(() => Registry.Find(id));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Registry.TryFind(id, out _));
    }

    [Fact]
    public void Find_UnknownIdWithOptions_SuggestsTheNearestId()
    {
        var error = Assert.Throws<UnknownNameException>(() => Registry.Find("Mine/Pol-v0?delay=3"));
        Assert.Contains("Did you mean 'Mine/Pole-v0'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Specs_DeclaredOptions_AreListedWithTheirRanges()
    {
        IReadOnlyList<EnvironmentOption> options = Registry.Find("Mine/Pole-v0?delay=3").Options;
        Assert.Equal(["delay", "noise", "size"], options.Select(option => option.Name));
        Assert.Equal(["1 to 100", "0 to 1", "small, large"], options.Select(option => option.Range));
        Assert.Equal(["10", "0.5", "small"], options.Select(option => option.Default));
        Assert.Empty(Registry.Find("CartPole-v1").Options);
        Assert.All(
            EnvironmentRegistry.Default.Specs.SelectMany(spec => spec.Options),
            option => Assert.NotEmpty(option.Description)
        );
    }

    [Fact]
    public void Register_ImpossibleDeclaration_Throws()
    {
        Assert.Throws<ArgumentException>(() => EnvironmentOption.Integer("delay", 0, 1, 5, "Too small a default."));
        Assert.Throws<ArgumentException>(() => EnvironmentOption.Integer("de&lay", 1, 1, 5, "A separator in the name."));
        EnvironmentOption option = EnvironmentOption.Integer("delay", 1, 1, 5, "Twice.");
        Assert.Throws<ArgumentException>(() => new EnvironmentRegistry().Register("A-v0", [option, option], _ => new CartPole()));
        Assert.Throws<ArgumentException>(() => new EnvironmentRegistry().Register("A-v0?b=1", () => new CartPole()));
        Assert.Throws<ArgumentException>(() => new EnvironmentRegistry().Register("A-v0", [], o => new Probe(o.Integer("none"))));
    }

    [Theory]
    [InlineData("CartPole-v1", "CartPole-v1")]
    [InlineData("Mine/Pole-v0?delay=20&size=large", "Mine/Pole-v0,delay=20,size=large")]
    public void ToFileName_AnyId_HasNoSpecialCharactersAndComesBack(string id, string name)
    {
        Assert.Equal(name, EnvironmentId.ToFileName(id));
        Assert.Equal(id, EnvironmentId.FromFileName(name));
    }

    [Theory]
    [InlineData("gym:odd:Case?a=1&b=2", "gym-odd-Case,a=1,b=2")]
    [InlineData("grpc://127.0.0.1:50061/ALE/Pong-v5", "grpc-127.0.0.1-50061-ALE-Pong-v5")]
    public void ToFolderName_AnyId_IsOneName(string id, string name) => Assert.Equal(name, EnvironmentId.ToFolderName(id));

    [Theory]
    [InlineData('x')]
    [InlineData('ü')]
    [InlineData('漢')]
    public void ToFolderName_AnOptionOf250Characters_IsShortenedAndStaysTellable(char letter)
    {
        string id = "gym:module:Class?text=" + new string(letter, 250);
        string name = EnvironmentId.ToFolderName(id);

        Assert.StartsWith("gym-module-Class,text=" + letter, name, StringComparison.Ordinal);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 180, 200);
        Assert.Equal(name, EnvironmentId.ToFolderName(id));
        Assert.NotEqual(name, EnvironmentId.ToFolderName(id + letter));
    }

    [Fact]
    public void Reset_WhatACopyKeepsAcrossEpisodes_EndsWithTheSeed()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/BarcodeBandit-v0");
        batch.Reset(4);
        float[] first = batch.Observations.ToArray();
        for (int t = 0; t < 35; t++)
        {
            batch.Step([0]);
        }
        batch.Reset(4);
        Assert.Equal(first, batch.Observations);
        var state = new StateDictionary();
        batch.SaveState(state);
        Assert.NotEmpty(state.Names);
    }

    private static EnvironmentRegistry CreateRegistry()
    {
        var registry = new EnvironmentRegistry();
        registry.Register("CartPole-v1", () => new CartPole());
        registry.Register(
            "Mine/Pole-v0",
            [
                EnvironmentOption.Integer("delay", 10, 1, 100, "Steps."),
                EnvironmentOption.Number("noise", 0.5, 0, 1, "Share."),
                EnvironmentOption.Word("size", Size.Small, "How large."),
            ],
            options => new Probe(options.Word<Size>("size") == Size.Large ? 3 : 2),
            (spec, options) =>
            {
                int size = options.Word<Size>("size") == Size.Large ? 3 : 2;
                Assert.Equal(new Box(0, 1, size), spec.ObservationSpace);
                return spec with { MaxEpisodeSteps = options.Integer("delay"), RandomReturn = options.Number("noise") };
            }
        );
        return registry;
    }

    private readonly struct Probe(int size) : IEnvironment
    {
        public Space ObservationSpace => new Box(0, 1, size);

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Environments.Randomness.Pcg64 random) => observation.Clear();

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Environments.Randomness.Pcg64 random) =>
            default;
    }
}
