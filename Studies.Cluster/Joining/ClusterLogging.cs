using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Studies.Cluster.Joining;

/// <summary>What Orleans says: nothing, since what matters is told in own lines; all warnings where AGENTS_TRACE is 1.</summary>
internal static class ClusterLogging
{
    /// <summary>Sets up a host's logs.</summary>
    public static void Set(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("AGENTS_TRACE") == "1")
        {
            logging.SetMinimumLevel(LogLevel.Warning);
            logging.AddSimpleConsole(console => console.SingleLine = true);
            logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }
    }
}
