using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Page;
using Page.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

public sealed class DetailEndpointTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = Deadline.Http();
    private readonly List<string> _compared = [];
    private readonly List<string> _warnings = [];
    private Func<JsonObject> _comparison = () => new JsonObject { ["algorithms"] = 1 };
    private PageServer _page = null!;

    public async ValueTask InitializeAsync()
    {
        string one = RunFolders.Write(_folder.Path, "one", 1, 10, interrupted: false);
        await File.WriteAllBytesAsync(Path.Combine(one, "episode.gif"), [71, 73, 70]);
        await File.WriteAllTextAsync(one + ".log", "first line\nlast line\n");
        RunFolders.Write(_folder.Path, "two", 2, 10, interrupted: null, rate: "0.1");
        _page = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.Path,
                Listen = "http://127.0.0.1:0",
                Token = Token,
                FleetStatus = _ => throw new IOException("The learner does not answer."),
                Compare = folders =>
                {
                    _compared.AddRange(folders);
                    return _comparison();
                },
                Warn = _warnings.Add,
            }
        );
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Details_OfARun_HaveItsSettingsResultFilmsAndLog()
    {
        JsonElement details = await ReadAsync($"/api/runs/{await IdAsync("one")}");

        Assert.Contains(
            details.GetProperty("settings").EnumerateArray(),
            pair => $"{pair}" == """["ppo.learning_rate","0.001"]"""
        );
        Assert.Contains(details.GetProperty("summary").EnumerateArray(), pair => $"{pair}" == """["interrupted","false"]""");
        Assert.Equal("""["episode.gif"]""", $"{details.GetProperty("films")}");
        Assert.Contains("last line", details.GetProperty("log").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_ThatFailUnforeseen_AreAnsweredWithASentence()
    {
        _comparison = () => throw new NotSupportedException("Nobody thought of this.");

        using HttpResponseMessage answer = await _client.GetAsync(
            new Uri($"{_page.Address}/api/comparison?runs={await IdAsync("one")}")
        );

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("Nobody thought of this.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains(_warnings, line => line.Contains("/api/comparison", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Films_UnderAnotherName_AreNotSent()
    {
        using HttpResponseMessage answer = await _client.GetAsync(
            new Uri($"{_page.Address}/api/runs/{await IdAsync("one")}/films/0?name=other.gif")
        );

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Films_ByTheirPlace_AreSentAndNothingElse()
    {
        string id = await IdAsync("one");

        Assert.Equal([71, 73, 70], await _client.GetByteArrayAsync(new Uri($"{_page.Address}/api/runs/{id}/films/0")));
        foreach (string number in (string[])["1", "-1", "episode.gif", "..%2f..%2fconfig.yaml", "99999999999"])
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri($"{_page.Address}/api/runs/{id}/films/{number}"));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Films_ThatAreLinks_AreNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        File.CreateSymbolicLink(_folder.In("two", "secret.gif"), _folder.In("one", "config.yaml"));

        using HttpResponseMessage answer = await _client.GetAsync(
            new Uri($"{_page.Address}/api/runs/{await IdAsync("two")}/films/0")
        );

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Comparison_OfChosenRuns_NamesDifferencesAndComparesFinishedOnes()
    {
        JsonElement answer = await ReadAsync($"/api/comparison?runs={await IdAsync("one")},{await IdAsync("two")}");

        Assert.Equal("""[["ppo.learning_rate","0.001","0.1"]]""", $"{answer.GetProperty("differences")}");
        Assert.Equal([_folder.In("one")], _compared);
        Assert.Contains("left out: 1.", answer.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fleet_LearnerThatDoesNotAnswer_IsTold()
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri($"{_page.Address}/api/fleet"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> IdAsync(string name) =>
        (await ReadAsync("/api/runs"))
            .GetProperty("runs")
            .EnumerateArray()
            .Single(run => run.GetProperty("name").GetString() == name)
            .GetProperty("id")
            .GetString()!;

    private async Task<JsonElement> ReadAsync(string path)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(_page.Address + path));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
