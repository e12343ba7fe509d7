using System.Text.Json.Nodes;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>The conditions under which a configuration change is rolled back.</summary>
/// <param name="Within">It is rolled back unless it is confirmed within this time; zero: no confirmation is needed.</param>
/// <param name="MaxErrorRate">It is rolled back at once when a greater share (0 to 1) of the requests since the change fails.</param>
internal sealed record CommitTerms(TimeSpan Within, double MaxErrorRate);

/// <summary>A configuration that is in effect and waits for confirmation.</summary>
internal sealed record PendingCommit(long Revision, DateTimeOffset ConfirmBy, double MaxErrorRate, long Requests, long Failures);

/// <summary>
/// Implements confirmed commits: a new configuration takes effect at once, and is rolled back automatically if it is not confirmed in time (its
/// author may have lost access) or if too many requests fail under it. A restart rolls it back too: only a confirmed configuration is saved.
/// </summary>
internal sealed class ConfirmedCommit(
    RunTimeConfiguration runTime,
    ConfigurationStore store,
    RequestTally tally,
    EventJournal journal,
    TimeProvider time) : IDisposable
{
    /// <summary>Minimum number of requests before their error rate counts.</summary>
    public const int MinimumRequests = 20;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private Watch? _watch;

    public PendingCommit? Pending => _watch is { } watch
        ? new(watch.Revision, watch.ConfirmBy, watch.Terms.MaxErrorRate, watch.Count.Requests, watch.Count.Failures)
        : null;

    /// <exception cref="AdminFailure">Another configuration still waits for confirmation.</exception>
    /// <exception cref="InvalidConfigurationException">The document has errors.</exception>
    public async Task<Change> ApplyAsync(string who, JsonObject document, CommitTerms terms, string? ifMatch)
    {
        var confirmed = terms.Within == TimeSpan.Zero;
        var what = confirmed ? "new configuration" : $"new configuration, to be confirmed within {terms.Within:c}";
        var change = await runTime.ChangeAsync(who, what, ifMatch, state =>
        {
            if (state.IsUnconfirmed)
                throw new AdminFailure(StatusCodes.Status409Conflict, "Another configuration waits for confirmation: confirm or roll back first.");
            var text = ConfigurationDocument.Check(document, store.Current);
            return state with { Configuration = text, Confirmed = confirmed ? text : state.Confirmed };
        });
        if (!confirmed && runTime.State.IsUnconfirmed)
            Begin(change.Revision, terms);
        journal.Add(EventKinds.Applied, detail: $"by {who}{(confirmed ? "" : ", to be confirmed")}");
        return change;
    }

    /// <exception cref="AdminFailure">Nothing waits for a confirmation.</exception>
    public async Task<Change> ConfirmAsync(string who, string? ifMatch)
    {
        var change = await EndAsync(who, "configuration confirmed", ifMatch, state => state with { Confirmed = state.Configuration });
        journal.Add(EventKinds.Confirmed, detail: $"by {who}");
        return change;
    }

    /// <exception cref="AdminFailure">Nothing waits for a confirmation.</exception>
    public async Task<Change> RollBackAsync(string who, string? why, string? ifMatch)
    {
        var what = why is null ? "configuration rolled back" : $"configuration rolled back: {why}";
        var change = await EndAsync(who, what, ifMatch, state => state with { Configuration = state.Confirmed });
        journal.Add(EventKinds.TakenBack, detail: why ?? $"by {who}");
        return change;
    }

    /// <summary>Returns to the configuration of files, environment and command line.</summary>
    /// <exception cref="AdminFailure">A configuration still waits for confirmation.</exception>
    public async Task<Change> ReturnAsync(string who, string? ifMatch)
    {
        var change = await runTime.ChangeAsync(who, "back to the configuration of the sources", ifMatch, state => state.IsUnconfirmed
            ? throw new AdminFailure(StatusCodes.Status409Conflict, "A configuration waits for confirmation: confirm or roll back first.")
            : state with { Configuration = null, Confirmed = null });
        journal.Add(EventKinds.TakenBack, detail: $"by {who}: back to files, environment and command line");
        return change;
    }

    public void Dispose() => _watch?.Dispose();

    private async Task<Change> EndAsync(string who, string what, string? ifMatch, Func<RunTimeState, RunTimeState> end)
    {
        var change = await runTime.ChangeAsync(who, what, ifMatch, state => state.IsUnconfirmed
            ? end(state)
            : throw new AdminFailure(StatusCodes.Status409Conflict, "No configuration waits for confirmation."));
        Interlocked.Exchange(ref _watch, null)?.Dispose();
        return change;
    }

    private void Begin(long revision, CommitTerms terms)
    {
        lock (_lock)
        {
            _watch?.Dispose();
            var watch = _watch = new Watch(revision, terms, time.GetUtcNow() + terms.Within, tally.Begin());
            watch.Timer = time.CreateTimer(_ => _ = CheckAsync(watch), null, Look, Look);
        }
    }

    private async Task CheckAsync(Watch watch)
    {
        if (!ReferenceEquals(watch, _watch) || RollBackReason(watch) is not { } why || !watch.TryEnd())
            return;

        try
        {
            await RollBackAsync("the balancer", why, ifMatch: null);
        }
        catch (AdminFailure)
        {
            // It was confirmed or rolled back at the same moment.
        }
    }

    private string? RollBackReason(Watch watch)
    {
        var (requests, failures) = (watch.Count.Requests, watch.Count.Failures);
        if (requests >= MinimumRequests && failures > watch.Terms.MaxErrorRate * requests)
            return FormattableString.Invariant($"{failures} of {requests} requests failed under it");
        return time.GetUtcNow() >= watch.ConfirmBy ? "not confirmed in time" : null;
    }

    private sealed class Watch(long revision, CommitTerms terms, DateTimeOffset confirmBy, RequestTally.Count count) : IDisposable
    {
        private int _ended;

        public long Revision => revision;

        public CommitTerms Terms => terms;

        public DateTimeOffset ConfirmBy => confirmBy;

        public RequestTally.Count Count => count;

        public ITimer? Timer { get; set; }

        public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

        public void Dispose()
        {
            Timer?.Dispose();
            count.Dispose();
        }
    }
}
