using System.Globalization;
using Fleet.Hosting;
using Microsoft.AspNetCore.Http;

namespace Page.Serving;

/// <summary>
/// Lets in only what comes from the page itself: requests to this machine by one of its own names, from no other site, and, for everything that tells or does
/// something, with the secret of this start.
/// </summary>
/// <remarks>Another site in the same browser can send requests here. It can name neither this host, having been looked up under another name, nor the secret.</remarks>
/// <param name="token">The secret.</param>
/// <param name="address">Address of the page.</param>
internal sealed class RequestGuard(string token, Uri address)
{
    /// <summary>Where everything that needs the secret begins.</summary>
    public const string Api = "/api";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly string[] _hosts =
    [
        .. from name in (string[])["localhost", "127.0.0.1", "[::1]", address.Host]
        // Browsers leave the usual port out.
        from port in address.IsDefaultPort
            ? (string[])["", ":80"]
            : [string.Create(CultureInfo.InvariantCulture, $":{address.Port}")]
        select name + port,
    ];

    /// <summary>Answers what may not come in; lets the rest through.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        Harden(context.Response.Headers);
        if (Refusal(context.Request) is { } refusal)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(refusal).ConfigureAwait(false);
            return;
        }
        bool needsToken = context.Request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase);
        if (needsToken && !TokenCheck.IsRight(context.Request.Headers.Authorization, token))
        {
            TokenCheck.Refuse(context);
            return;
        }
        Strangers.LetIn(context);
        await next(context).ConfigureAwait(false);
    }

    private string? Refusal(HttpRequest request)
    {
        string host = request.Host.Value ?? "";
        if (!_hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            return "This page answers only where it is opened by the address that was printed when it started.\n";
        }
        if (
            request.Headers.Origin is { Count: > 0 } origins
            && !origins.All(origin => string.Equals(origin, "http://" + host, StringComparison.OrdinalIgnoreCase))
        )
        {
            return "This page answers no other site.\n";
        }
        bool isForeign =
            request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
            && request.Headers["Sec-Fetch-Site"] is { Count: > 0 } sites
            && !sites.All(site => site is "same-origin" or "none");
        return isForeign ? "This page answers no other site.\n" : null;
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
