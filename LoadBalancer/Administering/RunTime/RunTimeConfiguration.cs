using System.Globalization;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Makes all changes at run time. Each change runs alone, is fully validated, saved to the state file, put into effect as a whole, and
/// recorded.
/// </summary>
internal sealed class RunTimeConfiguration(
    ConfigurationReader reader,
    ConfigurationSources sources,
    ConfigurationStore store,
    BackendDirectory directory,
    ChangeHistory history,
    ConfigurationMetrics metrics,
    TimeProvider time) : IConfigurationReload, IHostedService
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly StateFile _file = new(store.Current.Admin.StateFile);
    private readonly string _run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private long _revision;

    public RunTimeState State { get; private set; } = RunTimeState.Empty;

    /// <summary>Identifies the state in effect (RFC 9110 §8.8.3); each change creates a new one.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{_run}-{Volatile.Read(ref _revision)}\"");

    /// <summary>Restores the state of the last run before the first request.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        State = _file.Load();
        if (State != RunTimeState.Empty)
            Apply(State, await ReadAsync(State));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IReadOnlyList<string>> ReloadAsync()
    {
        using var turn = await TurnAsync();
        var before = store.Current;
        var read = sources.Read();
        Apply(State, await ReadAsync(State, read));
        read.Keep();
        var changes = ConfigurationDiff.Between(before, store.Current);
        if (changes.Count > 0)
            Record("configuration sources", "reload", changes);
        return changes;
    }

    /// <summary>Makes one change completely, or fails without changing anything.</summary>
    /// <param name="who">Who requests the change.</param>
    /// <param name="what">What is requested, in a few words.</param>
    /// <param name="ifMatch">The states one of which must be in effect (<c>If-Match</c>); empty: any.</param>
    /// <param name="edit">The change; may throw <see cref="AdminFailure"/>.</param>
    /// <exception cref="AdminFailure">The change is not possible; nothing has changed.</exception>
    /// <exception cref="InvalidConfigurationException">The result would not be valid; nothing has changed.</exception>
    public async Task<Change> ChangeAsync(string who, string what, string? ifMatch, Func<RunTimeState, RunTimeState> edit)
    {
        using var turn = await TurnAsync();
        if (!Matches(ifMatch))
        {
            throw new AdminFailure(
                StatusCodes.Status412PreconditionFailed,
                "The state has changed since it was read; read it again and repeat the change.");
        }

        var (before, configuration) = (State, store.Current);
        var next = edit(before);
        var read = sources.Read();
        var effective = await ReadAsync(next, read);
        if (next with { Configuration = null } != before with { Configuration = null })
            _file.Save(next);
        Apply(next, effective);
        read.Keep();
        if (next.Configuration != before.Configuration)
            metrics.Applied();
        return Record(who, what, [.. ConfigurationDiff.Between(configuration, effective), .. StateDiff.Between(before, next)]);
    }

    /// <summary>Reads the configuration that results from a state.</summary>
    /// <exception cref="InvalidConfigurationException">It is not valid.</exception>
    public Task<EffectiveConfiguration> ReadAsync(RunTimeState state) => ReadAsync(state, sources.Read());

    private async Task<EffectiveConfiguration> ReadAsync(RunTimeState state, ReadSources read) =>
        state.ApplyTo(await reader.ReadAsync(state.Configuration is { } document ? ConfigurationDocument.MergeOver(read.Root, document) : read.Root));

    private void Apply(RunTimeState state, EffectiveConfiguration configuration)
    {
        State = state;
        if (ConfigurationDiff.Between(store.Current, configuration).Count > 0)
            store.Apply(configuration);
        foreach (var backend in directory.All)
            directory.Apply(backend, state.For(backend.ClusterId, backend.Name));
    }

    private Change Record(string who, string what, IReadOnlyList<string> changes)
    {
        var change = new Change(Interlocked.Increment(ref _revision), time.GetUtcNow(), who, what, changes);
        history.Add(change);
        return change;
    }

    private bool Matches(string? ifMatch) =>
        string.IsNullOrEmpty(ifMatch) || ifMatch == "*" || ifMatch.Split(',', StringSplitOptions.TrimEntries).Contains(ETag, StringComparer.Ordinal);

    private async Task<Turn> TurnAsync()
    {
        await _changing.WaitAsync();
        return new(_changing);
    }

    private readonly struct Turn(SemaphoreSlim changing) : IDisposable
    {
        public void Dispose() => changing.Release();
    }
}
