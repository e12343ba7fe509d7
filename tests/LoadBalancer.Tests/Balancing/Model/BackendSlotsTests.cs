using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class BackendSlotsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_ManyAtOnce_NoBackendEverExceedsItsCap()
    {
        var (slots, seeker, limits) = Create(backends: 3, cap: 4, queue: 10_000);
        var peak = 0;

        await Parallel.ForAsync(0, 5_000, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation }, async (_, _) =>
        {
            var backend = await slots.AcquireAsync(seeker);
            Assert.NotNull(backend);
            InterlockedMax(ref peak, backend.Attempts.InFlight);
            await Task.Yield();
            slots.Release(backend);
        });

        Assert.InRange(peak, 1, 4);
        Assert.All(seeker.Backends, backend => Assert.Equal(0, backend.Attempts.InFlight));
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_NoSlotFree_IsServedInOrder()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 10);
        var held = await slots.AcquireAsync(seeker);
        var waiting = Enumerable.Range(0, 3).Select(_ => slots.AcquireAsync(seeker).AsTask()).ToList();

        foreach (var next in waiting)
        {
            Assert.All(waiting.SkipWhile(task => task != next), task => Assert.False(task.IsCompleted));
            slots.Release(held!);
            held = await next.WaitAsync(Limit, Cancellation);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1)] // the queue is full
    public async Task AcquireAsync_EarlierRequestsWaitForAnotherBackend_DoesNotWaitForThem(int queue)
    {
        var (slots, seeker, limits) = Create(backends: 2, cap: 1, queue);
        var bound = new Seeker { Backends = seeker.Backends[..1], Limits = limits };
        await slots.AcquireAsync(bound);
        var waiting = slots.AcquireAsync(bound).AsTask();

        Assert.Same(seeker.Backends[1], await slots.AcquireAsync(seeker).AsTask().WaitAsync(Limit, Cancellation));
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, slots.Waiting);
    }

    // Fake time does not advance, so a request that is forgotten in the queue would stay there.
    [Fact]
    public async Task AcquireAsync_SlotReleasedWhileJoiningTheQueue_GetsIt()
    {
        var (slots, seeker, _) = Create(backends: 1, cap: 1, queue: 10);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 300_000; i++)
                    slots.Release((await slots.AcquireAsync(seeker).AsTask().WaitAsync(Limit, Cancellation))!);
            },
            Cancellation)));

        Assert.Equal(0, seeker.Backends[0].Attempts.InFlight);
    }

    [Fact]
    public async Task AcquireAsync_QueueFull_IsNullAtOnce()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 1);
        await slots.AcquireAsync(seeker);
        _ = slots.AcquireAsync(seeker).AsTask();

        Assert.Null(await slots.AcquireAsync(seeker));
    }

    [Fact]
    public async Task AcquireAsync_TimesOut_IsNullAndLeavesTheQueue()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 1);
        await slots.AcquireAsync(seeker);
        var waiting = slots.AcquireAsync(seeker).AsTask();

        _time.Advance(limits.QueueTimeout);

        Assert.Null(await waiting.WaitAsync(Limit, Cancellation));
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_ClientDisconnects_LosesNoSlot()
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 2);
        var held = await slots.AcquireAsync(seeker);
        using var client = new CancellationTokenSource();
        var cancelled = slots.AcquireAsync(new Seeker { Backends = seeker.Backends, Limits = limits, ClientGone = client.Token }).AsTask();
        var next = slots.AcquireAsync(seeker).AsTask();

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Limit, Cancellation));
        slots.Release(held!);

        Assert.NotNull(await next.WaitAsync(Limit, Cancellation));
        Assert.Equal(1, held!.Attempts.InFlight);
    }

    [Fact]
    public async Task Pump_BackendIsAdded_ServesTheQueue()
    {
        var (slots, seeker, limits) = Create(backends: 2, cap: 1, queue: 2);
        var (all, first) = (seeker.Backends, seeker.Backends[..1]);
        seeker.Backends = first;
        await slots.AcquireAsync(seeker);
        var waiting = slots.AcquireAsync(seeker).AsTask();

        seeker.Backends = all;
        slots.Pump();

        Assert.Same(all[1], await waiting.WaitAsync(Limit, Cancellation));
    }

    [Fact]
    public async Task AcquireAsync_NoCap_NeverWaits()
    {
        var (slots, seeker, _) = Create(backends: 1, cap: 0, queue: 0);
        seeker.Limits = new();
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull(await slots.AcquireAsync(seeker));
    }

    // The critical moment is between finding a free slot and taking it: another request has half a second to get in between.
    [Theory]
    [InlineData(false)] // the slot is free when the request arrives
    [InlineData(true)] // the request gets the slot of one that ends
    public async Task AcquireAsync_AnotherArrivesWhileASlotIsTaken_DoesNotGetItToo(bool isReleasedByAnother)
    {
        var (slots, seeker, limits) = Create(backends: 1, cap: 1, queue: 10);
        var backend = seeker.Backends[0];
        using var otherPicks = new ManualResetEventSlim();
        using var picks = new ManualResetEventSlim();
        var slow = new Seeker { Backends = seeker.Backends, Limits = limits, OnPick = PickSlowly };
        var other = new Seeker { Backends = seeker.Backends, Limits = limits, OnPick = otherPicks.Set };
        var held = isReleasedByAnother ? await slots.AcquireAsync(seeker) : null;
        var first = isReleasedByAnother ? slots.AcquireAsync(slow).AsTask() : Task.Run(async () => await slots.AcquireAsync(slow), Cancellation);
        if (held is not null)
            _ = Task.Run(() => slots.Release(held), Cancellation);

        picks.Wait(Cancellation);
        var second = Task.Run(async () => await slots.AcquireAsync(other), Cancellation);

        Assert.Same(backend, await first.WaitAsync(Limit, Cancellation));
        await Eventually.TrueAsync(() => slots.Waiting == 1 || otherPicks.IsSet, Cancellation);
        Assert.Equal(1, backend.Attempts.InFlight);
        slots.Release(backend);
        Assert.Same(backend, await second.WaitAsync(Limit, Cancellation));
        Assert.Equal(1, backend.Attempts.InFlight);

        void PickSlowly()
        {
            picks.Set();
            otherPicks.Wait(TimeSpan.FromSeconds(0.5), Cancellation);
        }
    }

    [Fact]
    public async Task Release_CapWasLowered_AppliesToWaitingRequests()
    {
        var (slots, seeker, _) = Create(backends: 1, cap: 3, queue: 10);
        var held = new List<Backend?>();
        for (var i = 0; i < 3; i++)
            held.Add(await slots.AcquireAsync(seeker));
        var waiting = slots.AcquireAsync(seeker).AsTask();

        seeker.Limits = new() { MaxInFlightPerBackend = 1, QueueLength = 10 };
        slots.Release(held[0]!);
        slots.Release(held[1]!);
        Assert.Equal(1, held[2]!.Attempts.InFlight);
        Assert.Equal(1, slots.Waiting);
        slots.Release(held[2]!);

        Assert.NotNull(await waiting.WaitAsync(Limit, Cancellation));
        Assert.Equal(1, held[2]!.Attempts.InFlight);
    }

    [Fact]
    public async Task Pump_CapWasRaised_ServesWaitingRequests()
    {
        var (slots, seeker, _) = Create(backends: 1, cap: 1, queue: 10);
        await slots.AcquireAsync(seeker);
        var waiting = slots.AcquireAsync(seeker).AsTask();

        seeker.Limits = new();
        slots.Pump();

        Assert.NotNull(await waiting.WaitAsync(Limit, Cancellation));
    }

    [Fact]
    public async Task TryTake_ARequestWaits_DoesNotOvertakeIt()
    {
        var (slots, seeker, _) = Create(backends: 2, cap: 1, queue: 10);
        seeker.Backends = [.. seeker.Backends.Take(1)];
        await slots.AcquireAsync(seeker);
        Assert.Null(slots.TryTake(seeker));
        _ = slots.AcquireAsync(seeker).AsTask();

        var (_, other, _) = Create(backends: 1, cap: 1, queue: 10);
        Assert.Null(slots.TryTake(other));
    }

    private (BackendSlots Slots, Seeker Seeker, LimitOptions Limits) Create(int backends, int cap, int queue)
    {
        var limits = new LimitOptions { MaxInFlightPerBackend = cap, QueueLength = queue };
        Backend[] created = [.. Enumerable.Range(1, backends).Select(i => new Backend("c", new DestinationState($"b{i}"), _time))];
        return (new(_time), new Seeker { Backends = created, Limits = limits }, limits);
    }

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

    private sealed class Seeker : ISlotSeeker
    {
        public Backend[] Backends { get; set; } = [];

        public LimitOptions Limits { get; set; } = new();

        public CancellationToken ClientGone { get; init; }

        public AvailableBackends Candidates => new(Backends);

        public Action OnPick { get; init; } = () => { };

        public Backend Pick(AvailableBackends free)
        {
            OnPick();
            return free.Backends[0];
        }
    }
}
