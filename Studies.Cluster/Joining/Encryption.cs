using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Protos.Fleet;

namespace Studies.Cluster.Joining;

/// <summary>Connections between silos, and from studies to them: both sides show a server's certificate of the cluster's own authority.</summary>
internal static class Encryption
{
    /// <summary>Name that a certificate is asked for; what counts is who issued it.</summary>
    private const string Name = "agents-study";

    /// <summary>Sets the options.</summary>
    /// <remarks>
    /// Names are not compared: silos are reached under addresses that come and go, and the authority is the cluster's own. A client's certificate, as
    /// actors of a fleet have, does not let in.
    /// </remarks>
    public static void Set(TlsOptions tls, ClusterOptions options)
    {
        X509Certificate2 certificate = CertificateFiles.ReadPair(options.CertificateFile!, options.KeyFile);
        X509Certificate2 authority = CertificateFiles.ReadAuthority(options.AuthorityFile!);
        tls.LocalCertificate = certificate;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (remote, _, _) =>
            remote is not null && CertificateChains.IsIssuedBy(authority, remote, CertificateChains.ServerPurpose);
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = Name;
    }
}
