using Protos.Fleet;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class FleetAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5051", true, false)]
    [InlineData("http://localhost:5051", true, false)]
    [InlineData("http://[::1]:5051", true, false)]
    [InlineData("https://10.0.0.7:443", false, true)]
    [InlineData("https://learner.example:5051", false, true)]
    [InlineData("http://0.0.0.0:5051", false, false)]
    [InlineData("http://127.0.0.1.example.com:80", false, false)]
    [InlineData("unix:/run/agents.sock", true, false)]
    public void Parse_Address_KnowsWhoCanReachItAndIsWrittenAsItWasRead(string text, bool local, bool secure)
    {
        FleetAddress address = FleetAddress.Parse(text);

        Assert.Equal((local, secure), (address.IsLocal, address.IsSecure));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1:5051", "does not begin with")]
    [InlineData("ftp://127.0.0.1:5051", "does not begin with")]
    [InlineData("http://127.0.0.1", "port is missing")]
    [InlineData("http://127.0.0.1:5051/status", "a path or query")]
    [InlineData("unix:", "path of the socket is missing")]
    [InlineData("", "does not begin with")]
    public void Parse_NoAddress_SaysWhatToWrite(string text, string expected)
    {
        string message = Assert.Throws<ArgumentException>(() => FleetAddress.Parse(text)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("unix:/run/agents.sock", message, StringComparison.Ordinal);
    }
}
