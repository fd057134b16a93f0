using Agents.Yaml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Page.Control;
using Page.Runs;
using Protos.Foreign;

namespace Page.Serving;

/// <summary>Stops and continues runs.</summary>
/// <param name="catalog">The runs.</param>
/// <param name="watch">Looks at them again after something was done.</param>
/// <param name="control">Does it.</param>
internal sealed class ControlEndpoints(RunCatalog catalog, RunWatch watch, RunControl control)
{
    /// <summary>Maps them.</summary>
    public void Map(WebApplication application)
    {
        application.MapPost(RunEndpoints.OneRun + "/stop", StopAsync);
        application.MapPost(RunEndpoints.OneRun + "/continue", ContinueAsync);
    }

    private Task StopAsync(HttpContext context) => DoAsync(context, run => Task.FromResult(control.Stop(run)));

    private Task ContinueAsync(HttpContext context) =>
        DoAsync(context, run => control.ContinueAsync(run, context.RequestAborted));

    private async Task DoAsync(HttpContext context, Func<Run, Task<string?>> act)
    {
        await watch.RefreshAsync().ConfigureAwait(false);
        if (RunEndpoints.Named(catalog, context) is not { } run)
        {
            await RunEndpoints.NoRunAsync(context).ConfigureAwait(false);
            return;
        }
        string? refusal;
        try
        {
            refusal = await act(run).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SettingsException)
        {
            refusal = exception.Message;
        }
        if (refusal is not null)
        {
            await JsonText.RefuseAsync(context, StatusCodes.Status409Conflict, ForeignText.Show(refusal)).ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
