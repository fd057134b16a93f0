using System.CommandLine;
using System.Globalization;
using Cli.Options;
using Cli.Processes;
using Fleet.Hosting;
using Learners.Training;
using Protos.Foreign;
using Studies.Cluster.Joining;
using Studies.Cluster.Working;

namespace Cli.Commands.Fleets;

/// <summary><c>agents worker</c>.</summary>
internal sealed class WorkerCommand(TextWriter error)
{
    private readonly ClusterOptionsReader _cluster = new(isRequired: true);
    private readonly Option<string> _jobs = new("--jobs")
    {
        Description = "Trials at a time.",
        DefaultValueFactory = _ => Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
    };
    private readonly Option<string> _silo = new("--silo")
    {
        Description =
            "Address for other workers: an IP address with a port, 0.0.0.0 for every one; port 0 lets the system choose.",
        DefaultValueFactory = _ => "127.0.0.1:11111",
    };
    private readonly Option<string> _gateway = new("--gateway")
    {
        Description = "Address where studies ask who does what.",
        DefaultValueFactory = _ => "127.0.0.1:30000",
    };
    private readonly Option<string> _listen = new("--listen")
    {
        Description =
            "Address where studies send and fetch folders of trials: http://127.0.0.1:port, or https://ip:port with certificate and token.",
        DefaultValueFactory = _ => "http://127.0.0.1:5071",
    };
    private readonly Option<string?> _advertise = new("--advertise")
    {
        Description = "That address as studies reach it, such as https://worker-1:5071. Default: this machine's own.",
    };
    private readonly Option<string?> _scratch = new("--scratch")
    {
        Description = "Folder for trials while they train. Default: a fresh one among temporary files.",
    };
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter error) => new WorkerCommand(error).Build();

    private Command Build()
    {
        var command = new Command(
            "worker",
            """
            Trains trials of studies that 'agents sweep --cluster' and 'agents population --cluster' hand out, on this machine or others.

            Ctrl-C and SIGTERM save what trains; it goes on elsewhere. A worker that dies or hangs is noticed within seconds.

            Examples:
              redis-server --appendonly yes --appendfsync always &
              agents worker --cluster redis://127.0.0.1:6379
              agents worker --cluster redis://127.0.0.1:6379 --silo 127.0.0.1:0 --gateway 127.0.0.1:0 --listen http://127.0.0.1:0
            """
        )
        {
            _jobs,
            _silo,
            _gateway,
            _listen,
            _advertise,
            _scratch,
        };
        _cluster.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        void Tell(string line) => error.WriteLine(ForeignText.Line(line));
        ClusterOptions cluster = _cluster.Read(parsed, Tell)!;
        var options = new WorkerOptions
        {
            Cluster = cluster,
            Silo = parsed.GetValue(_silo)!,
            Gateway = parsed.GetValue(_gateway)!,
            Listen = new FleetOptions
            {
                Listen = parsed.GetValue(_listen)!,
                Token = cluster.Token,
                CertificateFile = cluster.CertificateFile,
                KeyFile = cluster.KeyFile,
            },
            Advertised = parsed.GetValue(_advertise),
            Jobs = (int)Numbers.Parse("--jobs", parsed.GetValue(_jobs)!, 1, 1_024),
            Scratch = parsed.GetValue(_scratch),
            Training = new TrainingOptions
            {
                Registry = _registry.Registry(parsed),
                Agents = _registry.Agents(parsed),
                Warn = Tell,
            },
        };
        try
        {
            await StudyWorker.RunAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // How a worker usually ends.
        }
        return ExitCodes.Done;
    }
}
