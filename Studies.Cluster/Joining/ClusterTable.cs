using System.Security.Cryptography.X509Certificates;
using Protos.Fleet;
using StackExchange.Redis;

namespace Studies.Cluster.Joining;

/// <summary>How the table of a cluster is reached.</summary>
internal static class ClusterTable
{
    private const int ConnectMilliseconds = 3_000;
    private const int AnswerMilliseconds = 2_000;

    /// <summary>Settings of connections that go on where the table is away for a while: what is asked meanwhile fails at once.</summary>
    public static ConfigurationOptions Configure(ClusterOptions options)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ConnectTimeout = ConnectMilliseconds,
            AsyncTimeout = AnswerMilliseconds,
            SyncTimeout = AnswerMilliseconds,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(500),
            KeepAlive = 5,
            User = options.Address.User,
            Password = options.Password,
            Ssl = options.Address.IsSecure,
            SslHost = options.Address.Host,
        };
        configuration.EndPoints.Add(options.Address.Host, options.Address.Port);
        if (options.AuthorityFile is { } file)
        {
            X509Certificate2 authority = CertificateFiles.ReadAuthority(file);
            configuration.CertificateValidation += (_, certificate, _, _) =>
                certificate is not null
                && CertificateChains.IsIssuedBy(
                    authority,
                    X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                    CertificateChains.ServerPurpose
                );
        }
        return configuration;
    }

    /// <summary>Asks the table once, so that one that is not there is told in one line.</summary>
    /// <exception cref="ArgumentException">The options would let strangers in.</exception>
    /// <exception cref="IOException">It does not answer, or does not let in.</exception>
    public static void Require(ClusterOptions options)
    {
        options.Check();
        ConfigurationOptions configuration = Configure(options);
        configuration.AbortOnConnectFail = true;
        configuration.ConnectRetry = 1;
        try
        {
            using ConnectionMultiplexer connection = ConnectionMultiplexer.Connect(configuration);
            connection.GetDatabase().Ping();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new IOException(
                IsRefusal(exception)
                    ? $"The table of the cluster, {options.Address}, refuses the password{(options.Password is null ? ", since none is given" : "")}. Name its file with --cluster-password-file, or set AGENTS_CLUSTER_PASSWORD."
                    : $"There is no cluster at {options.Address}: nobody answers there. Start its table, such as with 'redis-server --appendonly yes', or give another --cluster.",
                exception
            );
        }
    }

    private static bool IsRefusal(Exception exception)
    {
        for (Exception? at = exception; at is not null; at = at.InnerException)
        {
            if (
                at is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
                || at.Message.Contains("NOAUTH", StringComparison.Ordinal)
                || at.Message.Contains("WRONGPASS", StringComparison.Ordinal)
            )
            {
                return true;
            }
        }
        return false;
    }
}
