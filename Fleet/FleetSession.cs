using Actors;
using Agents.Networks;
using Fleet.Batches;
using Fleet.Checks;
using Fleet.Hosting;
using Fleet.Intake;
using Fleet.Journal;
using Fleet.Telemetry;
using Learners.Composition;
using Learners.Runs;
using Learners.Sources;
using Learners.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Protos;

namespace Fleet;

/// <summary>Puts the parts of one fleet learner together, takes its ports, serves them when the run is ready, and closes them after it.</summary>
internal sealed class FleetSession : IAsyncDisposable
{
    private readonly FleetOptions _fleet;
    private readonly TrainingOptions _options;
    private readonly string _folder;
    private readonly BoundPorts _ports;
    private readonly ILoggerFactory _loggers;
    private FleetStatusBoard? _board;
    private FleetServer? _server;
    private Func<Task>? _open;

    /// <summary>A session of a run; its ports are taken from here on.</summary>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    /// <exception cref="ArgumentException">The options would open a port to strangers, or a certificate cannot be used.</exception>
    public FleetSession(FleetOptions fleet, TrainingOptions options, string folder)
    {
        _ports = FleetServer.Bind(fleet); // first: a port that is taken must not leave a run folder behind
        _fleet = fleet;
        _options = options;
        _folder = folder;
        _loggers = LoggerFactory.Create(logging =>
        {
            logging
                .SetMinimumLevel(LogLevel.Information)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Grpc", LogLevel.Warning)
                .AddFilter(FailedCalls.Replaces, LogLevel.None);
            if (fleet.JsonLogs)
            {
                logging.AddJsonConsole();
            }
            else
            {
                logging.AddSimpleConsole(console => console.SingleLine = true);
            }
            logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        });
    }

    /// <summary>Options of the run, which also report to the status.</summary>
    public TrainingOptions Options(TrainingSettings settings)
    {
        _board = new FleetStatusBoard(settings, _folder);
        return _options with { Progress = new Fork(_board, _options.Progress) };
    }

    /// <summary>Makes the source of the run; it opens the ports when the run first asks for a batch.</summary>
    public IUnrollSource CreateSource(TrainingSettings settings)
    {
        RunSize.RequireEnvironments(settings, _options.Registry.Find(settings.Environment), _options.MemoryLimit);
        using EnvironmentPipeline probe = EnvironmentPipeline.ForTraining(
            _options.Registry.Make(settings.Environment),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );
        settings = settings with { Network = settings.NetworkFor(probe.PolicySpec) }; // actors are told this one
        NetworkSpec spec = probe.NetworkFor(settings.Network);
        RunSize.Require(settings, spec, _options.MemoryLimit);
        UnrollShape shape = probe.ShapeFor(spec, settings.Agent.UnrollLength) with { Copies = settings.Agent.Copies };
        ILogger log = _loggers.CreateLogger("Agents.Fleet");
        UnrollJournal? journal = settings.Fleet.Journal
            ? new UnrollJournal(
                new RunFolder(_folder).Journal,
                settings.Fleet.KeepJournal,
                settings.Checkpoints.Keep,
                _options.Clock,
                log
            )
            : null;
        string runId = Path.GetFileName(_folder.TrimEnd(Path.DirectorySeparatorChar));
        UnrollChecks checks = UnrollChecks.For(probe, spec, shape, settings);
        var hub = new FleetHub(settings, runId, checks, journal, _options.Clock, log);
        TrainingAudit? audit = _fleet.AuditFile is { } file ? new TrainingAudit(file) : null;
        FleetStatusBoard board = _board ??= new FleetStatusBoard(settings, _folder);
        hub.Metrics.Observe(() => board.Progress);
        _open = async () => _server = await FleetServer.StartAsync(_ports, hub, board, _fleet, _loggers).ConfigureAwait(false);
        return new RemoteUnrollSource(hub, spec, shape, settings, audit, _options.Clock, log)
        {
            OpenAsync = _open,
            AnotherRunFollows = _fleet.AnotherRunFollows,
        };
    }

    /// <summary>Where that is wanted, keeps the ports of a completed run open until the token is cancelled.</summary>
    public async Task StayAsync(TrainingResult result, CancellationToken cancellationToken)
    {
        if (!_fleet.Stay || result.Interrupted)
        {
            return;
        }
        FleetLog.Staying(_loggers.CreateLogger("Agents.Fleet"));
        // A run that was complete before this process began has never asked for a batch.
        if (_server is null && _open is not null)
        {
            await _open().ConfigureAwait(false);
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
        _ports.Dispose();
        _loggers.Dispose();
    }

    private sealed class Fork(FleetStatusBoard board, IProgress<TrainingProgress>? other) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            board.Report(value);
            other?.Report(value);
        }
    }
}
