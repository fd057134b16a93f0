using Microsoft.AspNetCore.Http;
using Protos.Foreign;

namespace Page.Serving;

/// <summary>Answers what nobody foresaw, so that one odd run folder gives a sentence and not an empty page.</summary>
/// <param name="warn">Told what failed.</param>
internal sealed class FailureAnswers(Action<string> warn)
{
    /// <summary>Lets a request through, and answers where that fails.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is not OutOfMemoryException && !context.RequestAborted.IsCancellationRequested)
        {
            string message = $"The page could not answer {context.Request.Path}: {ForeignText.Show(exception.Message)}";
            warn(message);
            if (!context.Response.HasStarted)
            {
                await JsonText.RefuseAsync(context, StatusCodes.Status500InternalServerError, message).ConfigureAwait(false);
            }
        }
    }
}
