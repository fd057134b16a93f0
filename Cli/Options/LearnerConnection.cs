using Cli.Fleet;

namespace Cli.Options;

/// <summary>Where a learner is, and what lets in.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Token">Its secret; null for none.</param>
/// <param name="AuthorityFile">PEM file of the authority of its certificate; null for those of the system.</param>
/// <param name="CertificateFile">PEM file of a client certificate; null for none.</param>
/// <param name="KeyFile">PEM file of its key.</param>
internal sealed record LearnerConnection(
    string Address,
    string? Token,
    string? AuthorityFile,
    string? CertificateFile,
    string? KeyFile
)
{
    /// <summary>A client that asks it how its fleet is.</summary>
    public FleetStatusClient StatusClient() => new(Address, Token, AuthorityFile, CertificateFile, KeyFile);
}
