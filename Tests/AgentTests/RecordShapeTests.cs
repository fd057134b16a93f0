using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Policies;
using Agents.Yaml;
using Environments.Wrappers;
using Xunit;

namespace Tests.AgentTests;

/// <summary>Shapes that were written when the assembly was compiled say what reflection says.</summary>
public sealed class RecordShapeTests
{
    public static TheoryData<Type> Records => [.. Written()];

    [Fact]
    public void Known_RecordsOfAPolicy_AreAllWritten()
    {
        Type[] known = [.. Written()];

        Assert.Contains(typeof(PolicyDocument), known);
        Assert.Contains(typeof(SpaceDocument), known);
        Assert.Contains(typeof(NetworkSettings), known);
        Assert.Contains(typeof(MixtureSettings), known);
        Assert.Contains(typeof(OptionSettings), known);
        Assert.All(
            MemoryCores.All.Select(core => core.Settings).OfType<CoreSettings>(),
            settings => Assert.Contains(settings.GetType(), known)
        );
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Properties_OfAWrittenShape_AreThoseOfReflection(Type record)
    {
        IReadOnlyList<RecordProperty> written = RecordShape.Of(record).Properties;
        IReadOnlyList<RecordProperty> reflected = ReflectedShapes.Of(record).Properties;

        Assert.Equal(reflected.Select(Describe), written.Select(Describe));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void SetValue_OfAWrittenShape_SetsWhatReflectionReads(Type record)
    {
        if (record.GetConstructor(Type.EmptyTypes) is null)
        {
            return; // no document makes one
        }
        object made = RecordShape.Create(record);
        foreach (
            (RecordProperty written, RecordProperty reflected) in RecordShape
                .Of(record)
                .Properties.Zip(ReflectedShapes.Of(record).Properties)
        )
        {
            object? value = Other(written.PropertyType, written.GetValue(made));
            written.SetValue(made, value);

            Assert.Equal(value, reflected.GetValue(made));
            Assert.Equal(value, written.GetValue(made));
        }
    }

    // A value that is not the default, where one is easily made.
    private static object? Other(Type type, object? now) =>
        Nullable.GetUnderlyingType(type) is { } inner ? Activator.CreateInstance(inner)
        : type == typeof(int) ? (int)now! + 1
        : type == typeof(double) ? (double)now! + 1
        : type == typeof(float) ? (float)now! + 1
        : type == typeof(bool) ? !(bool)now!
        : type == typeof(int[]) ? new[] { 7 }
        : now;

    private static string Describe(RecordProperty property) =>
        $"{property.Name} {property.PropertyType} {property.Range?.Minimum} {property.Range?.Maximum} {property.Range?.OperandType}";

    private static IEnumerable<Type> Written() =>
        RecordShape.Known.Where(type => type.Assembly == typeof(SavedPolicy).Assembly || type == typeof(OptionSettings));
}
