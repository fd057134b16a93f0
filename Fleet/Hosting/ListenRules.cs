using Protos.Fleet;

namespace Fleet.Hosting;

/// <summary>Which addresses may be opened: this machine in the clear; anything else only encrypted and only for callers with a secret.</summary>
internal static class ListenRules
{
    /// <summary>Shortest token that is no guess.</summary>
    public const int MinTokenLength = 16;

    /// <summary>Reads an address and checks that the options keep strangers out of it.</summary>
    /// <exception cref="ArgumentException">They would not, or a file is missing.</exception>
    public static FleetAddress Check(string text, FleetOptions options)
    {
        FleetAddress address = FleetAddress.Parse(text);
        if (!address.IsLocal && !address.IsSecure)
        {
            throw new ArgumentException(
                $"{address} would be open to everybody on the network. Use https:// with --certificate, --key and --token-file, or listen on 127.0.0.1 or a unix: socket. 'agents certificates' makes certificates."
            );
        }
        if (!address.IsLocal && options.Token is null && options.ClientAuthorityFile is null)
        {
            throw new ArgumentException(
                $"{address} would let any caller in. Set a token with --token-file or the variable AGENTS_TOKEN, or ask for client certificates with --client-ca."
            );
        }
        if (options.Token is { Length: < MinTokenLength })
        {
            throw new ArgumentException(
                $"A token of {options.Token.Length} characters can be guessed; use {MinTokenLength} or more, such as the output of 'openssl rand -hex 32'."
            );
        }
        if (address.IsSecure && (options.CertificateFile is null || options.KeyFile is null))
        {
            throw new ArgumentException(
                $"{address} needs --certificate and --key, two PEM files. 'agents certificates' makes them."
            );
        }
        foreach (string? file in new[] { options.CertificateFile, options.KeyFile, options.ClientAuthorityFile })
        {
            if (file is not null && !File.Exists(file))
            {
                throw new ArgumentException($"There is no file '{file}'. 'agents certificates' makes certificates.");
            }
        }
        return address;
    }
}
