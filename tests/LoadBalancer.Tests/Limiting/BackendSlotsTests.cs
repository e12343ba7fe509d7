using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Limiting;
using AspireLB.LoadBalancer.Routing;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Limiting;

public class BackendSlotsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_ManyAtOnce_NoBackendEverExceedsItsCap()
    {
        var (slots, seeker, limits) = Create(backends: 3, cap: 4, queue: 10_000);
        var peak = 0;

        await Parallel.ForAsync(0, 5_000, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled }, async (_, _) =>
        {
            var backend = await slots.AcquireAsync(seeker, limits);
            Assert.NotNull(backend);
            InterlockedMax(ref peak, backend.InFlight);
            await Task.Yield();
            slots.Release(backend);
        });

        Assert.InRange(peak, 1, 4);
        Assert.All(seeker.Backends, backend => Assert.Equal(0, backend.InFlight));
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_NoPlaceFree_IsServedInOrder()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 10);
        var held = await slots.AcquireAsync(seeker, limits);
        var waiting = Enumerable.Range(0, 3).Select(_ => slots.AcquireAsync(seeker, limits).AsTask()).ToList();

        foreach (var next in waiting)
        {
            Assert.All(waiting.SkipWhile(task => task != next), task => Assert.False(task.IsCompleted));
            slots.Release(held!);
            held = await next.WaitAsync(Limit, Cancelled);
        }
    }

    [Fact]
    public async Task AcquireAsync_LineFull_GivesNoneAtOnce()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 1);
        await slots.AcquireAsync(seeker, limits);
        _ = slots.AcquireAsync(seeker, limits).AsTask();

        Assert.Null(await slots.AcquireAsync(seeker, limits));
    }

    [Fact]
    public async Task AcquireAsync_TimeIsUp_GivesNoneAndLeavesTheLine()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 1);
        await slots.AcquireAsync(seeker, limits);
        var waiting = slots.AcquireAsync(seeker, limits).AsTask();

        _time.Advance(limits.QueueTimeout);

        Assert.Null(await waiting.WaitAsync(Limit, Cancelled));
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_ClientLeavesTheLine_CostsNoPlace()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 2);
        var held = await slots.AcquireAsync(seeker, limits);
        using var client = new CancellationTokenSource();
        var gone = slots.AcquireAsync(new Seeker { Backends = seeker.Backends, ClientGone = client.Token }, limits).AsTask();
        var next = slots.AcquireAsync(seeker, limits).AsTask();

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Limit, Cancelled));
        slots.Release(held!);

        Assert.NotNull(await next.WaitAsync(Limit, Cancelled));
        Assert.Equal(1, held!.InFlight);
    }

    [Fact]
    public async Task Pump_BackendComesIn_ServesTheLine()
    {
        var (slots, seeker, limits) = Create(backends: 2, cap: 1, queue: 2);
        var (all, first) = (seeker.Backends, seeker.Backends[..1]);
        seeker.Backends = first;
        await slots.AcquireAsync(seeker, limits);
        var waiting = slots.AcquireAsync(seeker, limits).AsTask();

        seeker.Backends = all;
        slots.Pump();

        Assert.Same(all[1], await waiting.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task AcquireAsync_NoCap_NeverWaits()
    {
        var (slots, seeker, _) = Create(backends: 1, cap: 0, queue: 0);
        var limits = new LimitOptions();
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull(await slots.AcquireAsync(seeker, limits));
    }

    private (BackendSlots Slots, Seeker Seeker, LimitOptions Limits) Create(int backends, int cap, int queue) => (
        new BackendSlots(_time),
        new Seeker { Backends = [.. Enumerable.Range(1, backends).Select(i => new Backend("c", new DestinationState($"b{i}"), _time))] },
        new LimitOptions { MaxInFlightPerBackend = cap, QueueLength = queue });

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    private sealed class Seeker : IPlaceSeeker
    {
        public Backend[] Backends { get; set; } = [];

        public CancellationToken ClientGone { get; init; }

        public AvailableBackends Candidates => new(Backends);

        public Backend Pick(AvailableBackends free) => free.Backends[0];
    }
}
