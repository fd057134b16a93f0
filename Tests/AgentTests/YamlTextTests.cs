using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;
using YamlDotNet.Serialization.TypeInspectors;

namespace Tests.AgentTests;

/// <summary>Documents are the bytes that the library's serializer writes: what names a run, or a hash of it, does not change.</summary>
public sealed class YamlTextTests
{
    [Fact]
    public void Write_EveryTunedSetting_IsWhatTheLibraryWrites()
    {
        foreach ((string agent, string environment) in TunedFiles.All)
        {
            AssertSame(TunedSettings.For(environment, agent));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("1e6")]
    [InlineData("~")]
    [InlineData("- a: b # c")]
    [InlineData(" both ends ")]
    [InlineData("'single' and \"double\"")]
    [InlineData("two\nlines\n")]
    [InlineData("tab\tand bell\u0007 and \u00fcml\u00e4ut and \U0001f600")]
    [InlineData("gym:module:Class?a=1&b={2}")]
    public void Write_AnyText_IsWhatTheLibraryWrites(string text) =>
        AssertSame(new PolicyDocument { Environment = text, Agent = text + text });

    [Theory]
    [InlineData(0.1f, 1e-30)]
    [InlineData(1e9f, -1234567.875)]
    [InlineData(1f / 3, 1.0 / 3)]
    [InlineData(float.Epsilon, double.MaxValue)]
    public void Write_AnyNumber_IsWhatTheLibraryWrites(float single, double real) =>
        AssertSame(
            new PolicyDocument
            {
                ObservationScale = single,
                MeanReturn = real,
                Seed = ulong.MaxValue,
                Network = new NetworkSettings
                {
                    HiddenSizes = [],
                    Convolutions = [new ConvolutionSettings(), new ConvolutionSettings { Stride = 7 }],
                },
            }
        );

    [Fact]
    public void KeyOf_EveryProperty_IsTheLibrarysName()
    {
        RecordProperty[] properties =
        [
            .. typeof(TrainingSettings).Assembly.GetTypes().Append(typeof(NetworkSettings)).SelectMany(StrictYaml.Settable),
        ];

        Assert.True(properties.Length > 100);
        Assert.All(
            properties,
            property => Assert.Equal(UnderscoredNamingConvention.Instance.Apply(property.Name), StrictYaml.KeyOf(property))
        );
    }

    private static void AssertSame<T>(T value)
        where T : class
    {
        ISerializer library = new SerializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithEnumNamingConvention(UnderscoredNamingConvention.Instance)
            .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull)
            .DisableAliases()
            .WithTypeConverter(new WordConverter())
            .WithTypeInspector(inner => new ReadableAndWritablePropertiesTypeInspector(inner))
            .Build();
        string expected = library.Serialize(value).ReplaceLineEndings("\n");
        // The library does not know that a section may name itself.
        if (value is TrainingSettings settings)
        {
            expected = expected.Replace("\nagent:\n", $"\n{settings.AgentName}:\n");
            string optimizer = (settings.Agent as ActorCriticSettings)?.Optimizer.Name ?? "";
            expected = expected
                .Replace("\n  core_settings:\n", $"\n  {settings.Network.Core}:\n")
                .Replace("\n  optimizer:\n", $"\n  optimizer: {optimizer}\n  {optimizer}:\n")
                .Replace("optimizer_wrappers: []", "optimizer_wrappers: {}")
                .Replace("parameter_maps: []", "parameter_maps: {}")
                .Replace("auxiliary: []", "auxiliary: {}");
        }

        Assert.Equal(expected, StrictYaml.Write(value));
    }

    /// <summary>One word of several is a struct, which the library would write property by property.</summary>
    private sealed class WordConverter : IYamlTypeConverter
    {
        public bool Accepts(Type type) => type.IsAssignableTo(typeof(IWord));

        public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer) =>
            throw new NotSupportedException();

        public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
            emitter.Emit(new Scalar(((IWord)value!).Word));
    }
}
