using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Agents.Files;
using Page;
using Page.Serving;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>What windows are told over their connections; a clock that the test moves.</summary>
[ShortTime("It passes on a clock that the tests move.")]
public sealed class EventStreamTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _clock = new();
    private readonly HttpClient _client = Deadline.Http();
    private readonly List<HttpResponseMessage> _windows = [];
    private PageServer _page = null!;

    public async ValueTask InitializeAsync() =>
        _page = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.Path,
                Listen = "http://127.0.0.1:0",
                Token = Token,
                Clock = _clock,
            }
        );

    public async ValueTask DisposeAsync()
    {
        _windows.ForEach(window => window.Dispose());
        await _page.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Window_NothingNewForTwentySeconds_IsToldThatThePageIsStillThere()
    {
        using StreamReader window = await OpenAsync();
        await Deadline.UntilAsync(() => _clock.Running == 2); // the next look's, and the window's

        _clock.Pass(TimeSpan.FromTicks(20 * TimeSpan.TicksPerSecond));

        Assert.Equal("", await window.ReadLineAsync().InTime());
        Assert.Equal(": still here", await window.ReadLineAsync().InTime());
    }

    [Fact]
    public async Task Window_OneTooMany_IsRefusedInWordsUntilAnotherIsClosed()
    {
        for (int i = 0; i < RunWatch.MostWatchers; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync("/api/events")).StatusCode);
        }

        HttpResponseMessage answer = await AskAsync("/api/events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using var text = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(
            "Too many windows watch the runs. Close those that are not needed.",
            text.RootElement.GetProperty("error").GetString()
        );
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/api/runs")).StatusCode);
        _windows[0].Dispose();
        await Deadline.UntilAsync(async () => (await AskAsync("/api/events")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Window_ThatReadsNothing_IsClosedAndHoldsNobody()
    {
        const int Changes = 400; // of 40 KB, which are more than the system and the page keep for a connection
        string run = RunFolders.Write(_folder.Path, "run", 1, 1, interrupted: null);
        string settings = Path.Combine(run, "config.yaml");
        File.WriteAllText(
            settings,
            File.ReadAllText(settings).Replace("seed: 1", "seed: " + new string('1', 40_000), StringComparison.Ordinal)
        );
        using FileStream? held = FileLock.TryHold(Path.Combine(run, "run.lock"));
        using Socket idle = await ConnectAsync();
        await idle.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /api/events HTTP/1.1\r\nHost: {new Uri(_page.Address).Authority}\r\nAuthorization: Bearer {Token}\r\n\r\n"
            )
        );
        Assert.Equal('H', (char)await FirstByteAsync(idle)); // it watches from now on
        using StreamReader quick = await OpenAsync();

        for (int row = 2; row <= Changes; row++)
        {
            File.AppendAllText(Path.Combine(run, "metrics.csv"), RunFolders.Rows(row, row));
            _clock.Pass(TimeSpan.FromTicks(2 * TimeSpan.TicksPerSecond));
            await ReadUntilAsync(quick, $"\"steps\":{100 * row},");
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/api/runs")).StatusCode);
        Assert.InRange(await ReadToEndAsync(idle), 1, (Changes - 1) * 40_000L);
    }

    private async Task<StreamReader> OpenAsync()
    {
        var reader = new StreamReader(await (await AskAsync("/api/events")).Content.ReadAsStreamAsync());
        Assert.Equal(": watching", await reader.ReadLineAsync().InTime());
        return reader;
    }

    private async Task<HttpResponseMessage> AskAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_page.Address + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        _windows.Add(answer);
        return answer;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_page.Address).Port);
        return socket;
    }

    private static async Task<byte> FirstByteAsync(Socket socket)
    {
        var one = new byte[1];
        await socket.ReceiveAsync(one).InTime();
        return one[0];
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync().InTime();
            Assert.NotNull(line);
        } while (!line.Contains(text, StringComparison.Ordinal));
    }

    private static async Task<long> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        long all = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer).InTime() is var read and > 0)
            {
                all += read;
                if (Encoding.ASCII.GetString(buffer, 0, read).EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
                {
                    break; // the answer's end; the connection may serve another request
                }
            }
        }
        catch (SocketException)
        {
            // Cut off, since nothing was read for so long.
        }
        return all;
    }
}
