using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Protos.Fleet;

/// <summary>Whether certificates come from a run's own authority.</summary>
internal static class CertificateChains
{
    /// <summary>Extended key usage of servers.</summary>
    public const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage of clients.</summary>
    public const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    /// <summary>Whether an authority issued a certificate for a purpose, and it is valid now.</summary>
    public static bool IsIssuedBy(X509Certificate2 authority, X509Certificate2 certificate, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority publishes no lists
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate);
    }
}
