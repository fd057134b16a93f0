using Fleet.Hosting;
using Xunit;

namespace Tests.FleetTests.Hosting;

public sealed class ListenRulesTests : IDisposable
{
    private const string Token = "0123456789abcdef";
    private readonly TemporaryFolder _folder = new();

    public ListenRulesTests() => File.WriteAllText(_folder.In("file.pem"), "");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://0.0.0.0:5051", Token, true, "open to everybody on the network")]
    [InlineData("http://10.1.2.3:5051", Token, true, "open to everybody on the network")]
    [InlineData("http://[::]:5051", Token, true, "open to everybody on the network")]
    [InlineData("https://0.0.0.0:5051", null, true, "would let any caller in")]
    [InlineData("https://0.0.0.0:5051", Token, false, "needs --certificate and --key")]
    [InlineData("https://127.0.0.1:5051", null, false, "needs --certificate and --key")]
    [InlineData("http://127.0.0.1:5051", "short", false, "A token of 5 characters can be guessed")]
    [InlineData("unix:/run/a.sock", "", false, "A token of 0 characters can be guessed")]
    [InlineData("https://0.0.0.0:5051", "0123456789abcde", true, "A token of 15 characters can be guessed")]
    public void Check_PortOpenToStrangers_IsRefused(string listen, string? token, bool certificates, string expected)
    {
        var options = new FleetOptions
        {
            Token = token,
            CertificateFile = certificates ? _folder.In("file.pem") : null,
            KeyFile = certificates ? _folder.In("file.pem") : null,
        };

        string message = Assert.Throws<ArgumentException>(() => ListenRules.Check(listen, options)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", null, false)]
    [InlineData("http://localhost:5051", Token, false)]
    [InlineData("unix:/run/a.sock", null, false)]
    [InlineData("https://0.0.0.0:5051", Token, true)]
    [InlineData("https://127.0.0.1:5051", null, true)]
    public void Check_ClosedPort_IsAllowed(string listen, string? token, bool certificates)
    {
        string? file = certificates ? _folder.In("file.pem") : null;

        var options = new FleetOptions
        {
            Token = token,
            CertificateFile = file,
            KeyFile = file,
        };

        Assert.Equal(listen, ListenRules.Check(listen, options).ToString());
    }

    [Fact]
    public void Check_ClientCertificates_AreAsGoodAsAToken()
    {
        string file = _folder.In("file.pem");
        var options = new FleetOptions
        {
            CertificateFile = file,
            KeyFile = file,
            ClientAuthorityFile = file,
        };

        ListenRules.Check("https://0.0.0.0:5051", options);
        string message = Assert
            .Throws<ArgumentException>(() =>
                ListenRules.Check("https://0.0.0.0:5051", options with { ClientAuthorityFile = file + ".none" })
            )
            .Message;

        Assert.Contains("There is no file", message, StringComparison.Ordinal);
    }
}
