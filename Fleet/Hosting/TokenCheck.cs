using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fleet.Hosting;

/// <summary>Who may come in: a caller with the token, where there is one.</summary>
internal static class TokenCheck
{
    /// <summary>Answers a caller without the token.</summary>
    public static void Refuse(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)Grpc.Core.StatusCode.Unauthenticated).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
    }

    /// <summary>Whether a header shows the token. Hashes have one length, so the comparison takes the same time whatever was sent.</summary>
    public static bool IsRight(string? authorization, string token) =>
        authorization is not null
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(authorization)),
            SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token))
        );
}
