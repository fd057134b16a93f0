using Microsoft.AspNetCore.Http;

namespace Fleet.Serving.Problems;

/// <summary>Sees to it that every request of HTTP which is not answered is told why.</summary>
internal static class ProblemAnswers
{
    /// <summary>Lets the rest answer, and tells what is wrong where that said nothing or failed.</summary>
    /// <param name="context">The request; those of gRPC have their own way to tell.</param>
    /// <param name="next">What answers it.</param>
    /// <param name="addresses">What there is, with the method that it takes, for callers who ask for something else.</param>
    public static async Task TellAsync(
        HttpContext context,
        RequestDelegate next,
        IReadOnlyList<(string Path, string Method)> addresses
    )
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ProblemException exception)
        {
            await exception.Problem.WriteAsync(context).ConfigureAwait(false);
            return;
        }
        catch (BadHttpRequestException exception)
        {
            await Incomplete(exception.StatusCode).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            await new Problem(
                ProblemKind.Fault,
                "This is a fault of the service and not of the request. Please report it with the request that led to it."
            )
                .WriteAsync(context)
                .ConfigureAwait(false);
            return;
        }
        if (!context.Response.HasStarted && Of(context, addresses) is { } problem)
        {
            await problem.WriteAsync(context).ConfigureAwait(false);
        }
    }

    private static Problem? Of(HttpContext context, IReadOnlyList<(string Path, string Method)> addresses)
    {
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            return new Problem(
                ProblemKind.Unauthorized,
                "Send the header 'Authorization: Bearer TOKEN' with the token of this service."
            );
        }
        if (context.Response.StatusCode is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
        {
            return null;
        }
        if (addresses.FirstOrDefault(address => context.Request.Path == address.Path).Method is { } method)
        {
            context.Response.Headers.Allow = method;
            return new Problem(ProblemKind.WrongMethod, $"{context.Request.Path} takes {method}.");
        }
        string known = string.Join(", ", addresses.Select(address => $"{address.Method} {address.Path}"));
        return new Problem(ProblemKind.NotFound, $"This service has {known}.");
    }

    private static Problem Incomplete(int status) =>
        status == StatusCodes.Status413PayloadTooLarge
            ? new Problem(ProblemKind.TooLarge, "The body is larger than anything that this service could answer.")
            : new Problem(
                ProblemKind.Incomplete,
                status == StatusCodes.Status408RequestTimeout
                    ? "The body came too slowly. Send it again."
                    : "The body ended before it was complete. Send it again, with the length that it has."
            )
            {
                Status = status,
            };
}
