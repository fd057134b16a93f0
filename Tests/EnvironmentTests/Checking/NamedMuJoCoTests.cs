using Environments.Checking;
using Tests.EnvironmentTests.MuJoCo;
using Xunit;

namespace Tests.EnvironmentTests.Checking;

public sealed class NamedMuJoCoTests : RequiresMuJoCo
{
    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_MuJoCoTask_FindsNothingToMend(string id) =>
        Sound.RequirePassed(EnvironmentChecker.Check(id, settings: new CheckSettings { Steps = 20, Copies = 2 }));
}
