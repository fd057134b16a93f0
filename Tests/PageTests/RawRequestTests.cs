using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Page;
using Page.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>Requests as bytes of a plain connection, since clients tidy up addresses before they send them.</summary>
public sealed class RawRequestTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Secret = "nobody-may-read-this";

    private readonly TemporaryFolder _folder = new();
    private PageServer _page = null!;

    public async ValueTask InitializeAsync()
    {
        string run = RunFolders.Write(_folder.Path, "runs/one", 1, 5, interrupted: false);
        foreach (string folder in (string[])[_folder.Path, _folder.In("runs"), run])
        {
            File.WriteAllText(Path.Combine(folder, "secret.txt"), Secret);
            File.WriteAllText(Path.Combine(folder, "secret.md"), Secret);
        }
        File.WriteAllText(_folder.In("secret.png"), Secret);
        _page = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.In("runs"),
                Listen = "http://127.0.0.1:0",
                Token = Token,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/api/runs/..%2f..%2fetc/passwd")]
    [InlineData("/api/runs/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/../../etc/passwd")]
    [InlineData("/../../../../../../../../etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%5c..%5csecret.txt")]
    [InlineData("/..\\..\\secret.txt")]
    [InlineData("/....//....//secret.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/etc/passwd%00.html")]
    [InlineData("/secret.txt")]
    [InlineData("/../secret.txt")]
    [InlineData("http://HOST/../secret.txt")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/docs/../secret.txt")]
    [InlineData("/docs/..%2fsecret.md")]
    [InlineData("/docs/%2e%2e/secret.md")]
    [InlineData("/docs//etc/passwd")]
    [InlineData("/api/runs/one")]
    [InlineData("/api/runs/../runs/one/secret.txt")]
    [InlineData("/api/runs/ID/secret.txt")]
    [InlineData("/api/runs/ID/films/secret.png")]
    [InlineData("/api/runs/ID/films/..%2f..%2fsecret.png")]
    [InlineData("/api/runs/ID/films/0?name=../../secret.png")]
    [InlineData("/api/runs/ID%2f..%2f..%2fsecret.txt/films/0")]
    public async Task Request_ThatNamesAFile_GetsNone(string target)
    {
        string id = Page.Runs.ShortHash.Of("one");
        // Asking for the list looks at the folder, so that the run is known.
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("/api/runs"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync($"/api/runs/{id}"), StringComparison.Ordinal);

        string answer = await AskAsync(target.Replace("ID", id, StringComparison.Ordinal));

        int status = int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        Assert.True(status is 400 or 404, answer);
        Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    private async Task<string> AskAsync(string target)
    {
        var address = new Uri(_page.Address);
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = connection.GetStream();
        string request =
            $"GET {target.Replace("HOST", address.Authority, StringComparison.Ordinal)} HTTP/1.1\r\nHost: {address.Authority}\r\n"
            + $"Authorization: Bearer {Token}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().InTime();
    }
}
