using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering;

/// <summary><c>/api/config</c> and <c>/api/history</c>: shows, checks and changes the configuration, and what changed.</summary>
internal static class ConfigurationEndpoints
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);
    private const double DefaultMaxErrorRate = 0.1;

    public static void MapConfiguration(this WebApplication app)
    {
        var config = app.MapGroup("/api/config").DisableHttpMetrics().WithTags("Configuration");
        config.MapGet("", Show).WithSummary("The configuration in force; secrets are masked.");
        config.MapPost("/validate", ValidateAsync).WithSummary("Checks a configuration and tells what it would change.");
        config.MapPut("", PutAsync).WithSummary("Puts a configuration in force, taken back unless confirmed within confirmWithin or when more than maxErrorRate of the requests fail.");
        config.MapDelete("", (HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
            Done(context, runTime, commit.ReturnAsync(Author.From(context), context.Request.Headers.IfMatch))).WithSummary("Goes back to the configuration of files, environment and command line.");
        config.MapPost("/confirm", (HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
            Done(context, runTime, commit.ConfirmAsync(Author.From(context), context.Request.Headers.IfMatch))).WithSummary("Lets the configuration stay.");
        config.MapPost("/rollback", (HttpContext context, ConfirmedCommit commit, RunTimeConfiguration runTime) =>
            Done(context, runTime, commit.RollBackAsync(Author.From(context), why: null, context.Request.Headers.IfMatch))).WithSummary("Takes an unconfirmed configuration back.");
        config.MapGet("/pending", (ConfirmedCommit commit) =>
            commit.Pending ?? throw new AdminFailure(StatusCodes.Status404NotFound, "No configuration waits for a confirmation.")).WithSummary("What waits for its confirmation.");
        app.MapGet("/api/history", (ChangeHistory history) => history.Latest).DisableHttpMetrics().WithTags("Configuration").WithSummary("The latest changes: who, when, what.");
    }

    private static JsonObject Show(HttpContext context, ConfigurationStore store, RunTimeConfiguration runTime)
    {
        context.Response.Headers.ETag = runTime.ETag;
        return EffectiveText.ToJson(store.Current);
    }

    private static async Task<ValidationView> ValidateAsync(HttpContext context, JsonObject document, ConfigurationStore store, RunTimeConfiguration runTime)
    {
        // With it as If-Match, just these changes are made or none.
        context.Response.Headers.ETag = runTime.ETag;
        var text = ConfigurationDocument.Check(document, store.Current);
        return new(ConfigurationDiff.Between(store.Current, await runTime.ReadAsync(runTime.State with { Configuration = text })));
    }

    private static Task<Change> PutAsync(HttpContext context, JsonObject document, ConfirmedCommit commit, RunTimeConfiguration runTime, TimeSpan? confirmWithin, double? maxErrorRate)
    {
        if (confirmWithin < TimeSpan.Zero || confirmWithin > LongestWindow)
            throw new AdminFailure(StatusCodes.Status400BadRequest, $"confirmWithin: '{confirmWithin:c}' is not allowed; allowed: 00:00:00 (no confirmation needed) to {LongestWindow:c}");
        if (maxErrorRate is < 0 or > 1 or double.NaN)
            throw new AdminFailure(StatusCodes.Status400BadRequest, FormattableString.Invariant($"maxErrorRate: '{maxErrorRate}' is not allowed; allowed: 0 to 1"));
        return Done(context, runTime, commit.ApplyAsync(Author.From(context), document, new(confirmWithin ?? DefaultWindow, maxErrorRate ?? DefaultMaxErrorRate), context.Request.Headers.IfMatch));
    }

    private static async Task<Change> Done(HttpContext context, RunTimeConfiguration runTime, Task<Change> change)
    {
        var done = await change;
        context.Response.Headers.ETag = runTime.ETag;
        return done;
    }
}
