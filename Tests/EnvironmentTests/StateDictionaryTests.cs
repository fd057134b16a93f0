using Environments.State;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class StateDictionaryTests
{
    [Fact]
    public void Read_WrongTypeLengthOrName_ThrowsAndNamesTheEntry()
    {
        var state = new StateDictionary();
        StateDictionary scope = state.Scope("a").Scope("b");
        scope.Set<int>("numbers", [1, 2, 3]);
        Assert.Equal([1, 2, 3], state.GetArray<int>("a.b.numbers"));
        foreach (
            var error in new[]
            {
                Assert.Throws<InvalidDataException>(() => scope.GetArray<float>("numbers")),
                Assert.Throws<InvalidDataException>(() => scope.Read("numbers", new int[2])),
            }
        )
        {
            Assert.Contains("'a.b.numbers'", error.Message, StringComparison.Ordinal);
        }
        Assert.Contains(
            "'a.b.other'",
            Assert.Throws<InvalidDataException>(() => scope.Get<int>("other")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Set_AfterwardsChangedArray_KeepsTheSavedValues()
    {
        var state = new StateDictionary();
        float[] values = [1, 2];
        state.Set<float>("values", values);
        values[0] = 9;
        Assert.Equal([1, 2], state.GetArray<float>("values"));
    }
}
