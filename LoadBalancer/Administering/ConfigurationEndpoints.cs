using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Maps <c>/api/config</c> and <c>/api/history</c>: show, validate and change the configuration, and list the changes.</summary>
internal static class ConfigurationEndpoints
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);
    private const double DefaultMaxErrorRate = 0.1;

    public static void MapConfiguration(this WebApplication app)
    {
        var config = app.MapGroup("/api/config").DisableHttpMetrics().WithTags("Configuration");
        config.MapGet("", Show).WithSummary("The configuration in effect; secrets are masked.");
        config.MapPost("/validate", ValidateAsync).WithSummary("Validates a configuration and lists what it would change.");
        config.MapPut("", PutAsync).WithSummary(
            "Applies a configuration. It is rolled back unless it is confirmed within confirmWithin, "
            + "or as soon as more than maxErrorRate of the requests fail.");
        config.MapDelete("", ReturnAsync).WithSummary("Returns to the configuration of files, environment and command line.");
        config.MapPost("/confirm", ConfirmAsync).WithSummary("Confirms the configuration.");
        config.MapPost("/rollback", RollBackAsync).WithSummary("Rolls an unconfirmed configuration back.");
        config.MapGet("/pending", Pending).WithSummary("The configuration that waits for confirmation.");
        app.MapGet("/api/history", (ChangeHistory history) => history.Latest)
            .DisableHttpMetrics()
            .WithTags("Configuration")
            .WithSummary("The latest changes: who, when, what.");
    }

    private static JsonObject Show(HttpContext context, ConfigurationStore store, RunTimeConfiguration runTime)
    {
        context.Response.Headers.ETag = runTime.ETag;
        return EffectiveText.ToJson(store.Current);
    }

    private static async Task<ValidationView> ValidateAsync(
        HttpContext context,
        JsonObject document,
        ConfigurationStore store,
        RunTimeConfiguration runTime)
    {
        // A PUT with this ETag as If-Match makes exactly these changes, or fails.
        context.Response.Headers.ETag = runTime.ETag;
        var text = ConfigurationDocument.Check(document, store.Current);
        return new(ConfigurationDiff.Between(store.Current, await runTime.ReadAsync(runTime.State with { Configuration = text })));
    }

    private static Task<Change> PutAsync(
        HttpContext context,
        JsonObject document,
        ConfirmedCommit commit,
        RunTimeConfiguration runTime,
        TimeSpan? confirmWithin,
        double? maxErrorRate)
    {
        if (confirmWithin < TimeSpan.Zero || confirmWithin > LongestWindow)
        {
            throw new AdminFailure(
                StatusCodes.Status400BadRequest,
                $"confirmWithin: '{confirmWithin:c}' is not allowed; allowed: 00:00:00 (no confirmation needed) to {LongestWindow:c}");
        }
        if (maxErrorRate is < 0 or > 1 or double.NaN)
        {
            throw new AdminFailure(
                StatusCodes.Status400BadRequest,
                FormattableString.Invariant($"maxErrorRate: '{maxErrorRate}' is not allowed; allowed: 0 to 1"));
        }
        var terms = new CommitTerms(confirmWithin ?? DefaultWindow, maxErrorRate ?? DefaultMaxErrorRate);
        return Done(context, runTime, commit.ApplyAsync(Author.From(context), document, terms, context.Request.Headers.IfMatch));
    }

    private static Task<Change> ReturnAsync(HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
        Done(context, runTime, commit.ReturnAsync(Author.From(context), context.Request.Headers.IfMatch));

    private static Task<Change> ConfirmAsync(HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
        Done(context, runTime, commit.ConfirmAsync(Author.From(context), context.Request.Headers.IfMatch));

    private static Task<Change> RollBackAsync(HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
        Done(context, runTime, commit.RollBackAsync(Author.From(context), why: null, context.Request.Headers.IfMatch));

    private static PendingCommit Pending(ConfirmedCommit commit) =>
        commit.Pending ?? throw new AdminFailure(StatusCodes.Status404NotFound, "No configuration waits for confirmation.");

    private static async Task<Change> Done(HttpContext context, RunTimeConfiguration runTime, Task<Change> change)
    {
        var done = await change;
        context.Response.Headers.ETag = runTime.ETag;
        return done;
    }
}
