using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Page;
using Page.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

[ShortTime("It is how often the folder is looked at; the tests wait for what is found there.")]
public sealed class PageServerTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = Deadline.Http();
    private PageServer _page = null!;

    public async ValueTask InitializeAsync()
    {
        RunFolders.Write(_folder.Path, "a/one", 1, 10, interrupted: false);
        RunFolders.Write(_folder.Path, "a/two", 2, 10, interrupted: null);
        _page = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.Path,
                Listen = "http://127.0.0.1:0",
                Token = Token,
                Interval = TimeSpan.FromMilliseconds(50),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Runs_WithTheToken_AreListed()
    {
        JsonElement answer = await ReadAsync("/api/runs");

        Assert.Equal(_folder.Path, answer.GetProperty("folder").GetString());
        Assert.Equal(
            [("a/one", "finished"), ("a/two", "dead")],
            answer
                .GetProperty("runs")
                .EnumerateArray()
                .Select(run => (run.GetProperty("name").GetString()!, run.GetProperty("state").GetString()!))
                .Order()
        );
    }

    [Fact]
    public async Task Curves_OfARun_HaveItsNumbers()
    {
        string id = await IdAsync("a/one");

        JsonElement metrics = await ReadAsync($"/api/metrics?runs={id}");
        JsonElement answer = await ReadAsync($"/api/curves?metric=charts/episodic_return&runs={id}&x=time");

        Assert.Equal(
            ["charts/SPS", "charts/episodic_return"],
            metrics.GetProperty("metrics").EnumerateArray().Select(name => name.GetString()!)
        );
        JsonElement curve = answer.GetProperty("curves")[0];
        Assert.Equal(
            (10, 1, 10),
            (curve.GetProperty("last").GetInt32(), curve.GetProperty("min").GetInt32(), curve.GetProperty("max").GetInt32())
        );
        Assert.Equal(0.1, curve.GetProperty("x")[0].GetDouble(), 1e-9);
        Assert.Equal(10, curve.GetProperty("y").GetArrayLength());
    }

    [Fact]
    public async Task Events_RowThatIsAppended_IsTold()
    {
        using HttpRequestMessage request = Request("/api/events");
        using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(": watching", await reader.ReadLineAsync().InTime());
        await ReadAsync("/api/runs");

        File.AppendAllText(_folder.In("a", "two", "metrics.csv"), RunFolders.Rows(11, 11));

        string? line = null;
        while (line?.Contains("\"steps\":1100", StringComparison.Ordinal) != true)
        {
            line = await reader.ReadLineAsync().InTime();
            Assert.NotNull(line);
        }
        Assert.StartsWith("data: {\"changed\":[{", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer 0123456789abcdef0123456789abcdee")]
    [InlineData("Basic 0123456789abcdef0123456789abcdef")]
    public async Task Api_WithoutTheToken_IsClosed(string? authorization)
    {
        foreach (
            string path in (string[])["/api/runs", "/API/runs", "/api/curves", "/api/metrics", "/api/events", "/api/anything"]
        )
        {
            using HttpRequestMessage request = Request(path, authorization);
            using HttpResponseMessage answer = await _client.SendAsync(request);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using HttpResponseMessage inAddress = await _client.GetAsync(new Uri($"{_page.Address}/api/runs?token={Token}"));
        Assert.Equal(HttpStatusCode.Unauthorized, inAddress.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost")]
    [InlineData("localhost:1")]
    [InlineData("127.0.0.1.evil.example:PORT")]
    [InlineData("evil.example:PORT")]
    public async Task Requests_ForAnotherHost_AreRefused(string host)
    {
        foreach (string path in (string[])["/", "/app.js", "/api/runs"])
        {
            using HttpRequestMessage request = Request(path);
            request.Headers.Host = host.Replace("PORT", $"{new Uri(_page.Address).Port}", StringComparison.Ordinal);

            using HttpResponseMessage answer = await _client.SendAsync(request);

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Requests_OfAnotherSite_AreRefused(string header, string value)
    {
        using HttpRequestMessage request = Request("/api/runs");
        request.Headers.Add(header, value);

        using HttpResponseMessage answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://127.0.0.1:PORT")]
    [InlineData("Host", "localhost:PORT")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    public async Task Requests_OfThePageItself_AreAnswered(string header, string value)
    {
        using HttpRequestMessage request = Request("/api/runs");
        request.Headers.TryAddWithoutValidation(
            header,
            value.Replace("PORT", $"{new Uri(_page.Address).Port}", StringComparison.Ordinal)
        );

        using HttpResponseMessage answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/../PageTests")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/Page/index.html")]
    [InlineData("/api/runs/..%2f..%2fconfig.yaml")]
    [InlineData("/api/runs/a%2fone")]
    public async Task Paths_ThatNameFiles_FindNone(string path)
    {
        using HttpRequestMessage request = Request(path);
        using HttpResponseMessage answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("a/one")]
    [InlineData("../a/one")]
    [InlineData("")]
    public async Task Curves_RunNamedByItsPath_IsNotFound(string name)
    {
        JsonElement answer = await ReadAsync($"/api/curves?metric=charts/SPS&runs={Uri.EscapeDataString(name)}");

        Assert.Equal(0, answer.GetProperty("curves").GetArrayLength());
    }

    [Fact]
    public async Task Assets_All_AreStrictAboutWhatTheyMayLoad()
    {
        foreach (string name in Assets.Names.Append(""))
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri($"{_page.Address}/{name}"));

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://192.168.1.5:6060")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("unix:/tmp/page.sock")]
    public async Task StartAsync_AddressThatIsNotThisMachines_IsRefused(string listen)
    {
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() =>
            PageServer.StartAsync(
                new PageOptions
                {
                    Folder = _folder.Path,
                    Token = Token,
                    Listen = listen,
                }
            )
        );

        Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
    }

    private async Task<string> IdAsync(string name) =>
        (await ReadAsync("/api/runs"))
            .GetProperty("runs")
            .EnumerateArray()
            .Single(run => run.GetProperty("name").GetString() == name)
            .GetProperty("id")
            .GetString()!;

    private HttpRequestMessage Request(string path, string? authorization = "Bearer " + Token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_page.Address + path));
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return request;
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using HttpRequestMessage request = Request(path);
        using HttpResponseMessage answer = await _client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
