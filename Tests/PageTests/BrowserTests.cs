using Agents.Files;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Page;
using Page.Runs;
using Page.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>The page in Chromium. Not run where there is none, with the reason; where <c>AGENTS_REQUIRE_CHROMIUM</c> is set that is a failure.</summary>
[ShortTime("It is how often the folder is looked at; the tests wait for what is found there.")]
public sealed class BrowserTests : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Missing = "There is no /usr/bin/chromium, in which the page is tried. Install the package chromium.";

    private readonly TemporaryFolder _folder = new();
    private IPlaywright? _driver;
    private IBrowser? _browser;
    private PageServer? _server;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AGENTS_REQUIRE_CHROMIUM")), Missing);
            Assert.Fail(Missing);
        }
        RunFolders.Write(_folder.Path, "a/one", 1, 10, interrupted: false);
        RunFolders.Write(_folder.Path, "a/two", 2, 10, interrupted: true);
        RunFolders.Write(_folder.Path, "b/dead", 3, 10, interrupted: null, rate: "0.1");
        string damaged = RunFolders.Write(_folder.Path, "b/damaged", 4, 10, interrupted: false);
        File.WriteAllText(Path.Combine(damaged, "config.yaml"), "environment: [");
        _server = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.Path,
                Listen = "http://127.0.0.1:0",
                Token = "0123456789abcdef0123456789abcdef",
                Interval = TimeSpan.FromMilliseconds(50),
                Continue = run => ["/usr/bin/flock", "-F", Path.Combine(run.Folder, "run.lock"), "sleep", "1000"],
            }
        );
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                Timeout = (float)Deadline.Patience.TotalMilliseconds,
            }
        );
        _page = await _browser.NewPageAsync();
        _page.SetDefaultTimeout((float)Deadline.Patience.TotalMilliseconds);
        await _page.GotoAsync(_server.Link);
        await _page.Locator("#rows tr").First.WaitForAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _driver?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Table_RunsOfSeveralStates_NamesThem()
    {
        IReadOnlyList<string> states = await _page.Locator("#rows .state span:last-child").AllTextContentsAsync();

        Assert.Equal(["damaged", "dead", "finished", "stopped"], states.Order());
        Assert.DoesNotContain("token", _page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_ReachedByTheKeyboard_LeavesWhatMatchesAndItsDetails()
    {
        await _page.Keyboard.PressAsync("/");
        await _page.Keyboard.TypeAsync("dead");
        await _page.Locator("#count", new() { HasTextString = "1 of 4 runs" }).WaitForAsync();
        await _page.Keyboard.PressAsync("ArrowDown");
        await _page.Keyboard.PressAsync("Enter");

        await _page.Locator("#details-body", new() { HasTextString = "it was killed" }).WaitForAsync();

        Assert.Equal("b/dead", await _page.Locator("#details-heading").TextContentAsync());
        Assert.Contains("0.1", await _page.Locator("#details-body").TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curve_OfChosenRuns_IsDrawnAndDescribed()
    {
        await _page.Locator("#choose-none").ClickAsync();
        await _page.Locator("#rows tr", new() { HasTextString = "a/one" }).ClickAsync();
        await _page.Locator("#rows tr", new() { HasTextString = "a/two" }).ClickAsync();

        await _page.Locator(".summary", new() { HasTextString = "ppo (2 seeds)" }).WaitForAsync();

        Assert.Equal(1, await _page.Locator(".plot canvas").CountAsync());
        Assert.Contains(
            "charts/episodic_return along steps. ppo (2 seeds): last 10, smallest 1, largest 10.",
            await _page.Locator(".plot").GetAttributeAsync("aria-label"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Run_ThatTrainsOn_ChangesTableAndCurveByItself()
    {
        await _page.Locator("#choose-none").ClickAsync();
        await _page.Locator("#rows tr", new() { HasTextString = "b/dead" }).ClickAsync();
        string folder = _folder.In("b", "dead");
        using FileStream? held = FileLock.TryHold(Path.Combine(folder, "run.lock"));

        await File.AppendAllTextAsync(Path.Combine(folder, "metrics.csv"), RunFolders.Rows(11, 77));

        await _page.Locator("#rows tr[data-state=training]", new() { HasTextString = "7,700" }).WaitForAsync();
        await _page.Locator(".summary", new() { HasTextString = "77" }).WaitForAsync();
        Assert.Contains("largest 77", await _page.Locator(".plot").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ThatBeginsWhileNothingElseIsThere_IsChosenAndCountedByItself()
    {
        Directory.Delete(_folder.In("a"), recursive: true);
        Directory.Delete(_folder.In("b"), recursive: true);
        string folder = RunFolders.Write(_folder.Path, "new", 1, 0, interrupted: null);
        IPage page = await _browser!.NewPageAsync();
        page.SetDefaultTimeout((float)Deadline.Patience.TotalMilliseconds);
        await page.GotoAsync(_server!.Link);
        await page.Locator("#rows tr", new() { HasTextString = "new" }).WaitForAsync();

        await File.AppendAllTextAsync(Path.Combine(folder, "metrics.csv"), RunFolders.Rows(1, 5));

        await page.GetByText("1 of 1 runs, 1 chosen").WaitForAsync();
        await page.Locator(".plot canvas").WaitForAsync();
    }

    [Fact]
    public async Task Page_TriedForAccessibility_HasNoViolation()
    {
        await _page.Locator(".plot canvas").WaitForAsync();
        await NoViolationAsync("table and curves");
        await _page.Locator("#rows tr", new() { HasTextString = "b/dead" }).Locator("button").ClickAsync();
        await _page.Locator("#details-body", new() { HasTextString = "it was killed" }).WaitForAsync();
        await NoViolationAsync("details");
        await _page.GotoAsync(_server!.Address + "/docs/README.md");
        await NoViolationAsync("documentation");

        async Task NoViolationAsync(string where)
        {
            AxeResult result = await _page.RunAxe();
            Assert.True(
                result.Violations.Length == 0,
                $"{where}: {string.Join("; ", result.Violations.Select(one => $"{one.Id} ({one.Impact}): {one.Help}: {string.Join(", ", one.Nodes.Select(node => node.Html))}"))}"
            );
        }
    }

    [Fact]
    public async Task Continue_DeadRunThatThenTrains_IsStoppedAgain()
    {
        await _page.Locator("#rows tr", new() { HasTextString = "b/dead" }).Locator("button").ClickAsync();
        await _page.Locator(".control button", new() { HasTextString = "Continue" }).ClickAsync();
        await _page.Locator(".control button.primary").ClickAsync();
        await _page.Locator("#details-body", new() { HasTextString = "State: training." }).WaitForAsync();
        await _page.Locator(".control button", new() { HasTextString = "Stop" }).ClickAsync();

        await _page.Locator(".control button.primary").ClickAsync();

        await _page.Locator("#details-body", new() { HasTextString = "State: dead." }).WaitForAsync();
        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In("b", "dead", "run.lock")));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(1_800)]
    public async Task Page_NarrowOrWide_ScrollsInOneDirectionOnly(int width)
    {
        await _page.SetViewportSizeAsync(width, 900);
        await _page.Locator(".plot canvas").WaitForAsync();

        Assert.Equal(width, await _page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }
}
