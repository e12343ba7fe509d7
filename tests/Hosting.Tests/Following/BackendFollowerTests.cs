using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspireLB.Hosting.Tests.Following;

public sealed class BackendFollowerTests : IAsyncLifetime
{
    private const string First = "http://localhost:18102";
    private const string Second = "http://localhost:18103";
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly IResource _api;
    private readonly IResource _fixed;
    private readonly LoadBalancerResource _balancer;
    private readonly BackendFollower _follower;
    private AdminDouble _admin = null!;

    public BackendFollowerTests()
    {
        var builder = TestModel.CreateBuilder();
        var api = builder.AddProcess("api", replicas: 2);
        var server = builder.AddExecutable("server", "web", ".").WithHttpEndpoint(port: 18104, isProxied: false);
        (_api, _fixed) = (api.Resource, server.Resource);
        _balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(api, weight: 2).WithBackend(server).Resource;
        _follower = new(_balancer, new AdminClient(_balancer), TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask InitializeAsync() => _admin = await AdminDouble.StartAsync(_balancer);

    public ValueTask DisposeAsync() => _admin.DisposeAsync();

    [Fact]
    public async Task Follow_ReplicaRuns_IsAddedWithItsWeight()
    {
        await FollowAsync("api-1", "Running", First);

        Assert.Equal([new("backends", "api-1", First, "unknown", 2)], _admin.Backends);
    }

    [Fact]
    public async Task Follow_NothingNew_ChangesNothing()
    {
        await FollowAsync("api-1", "Running", First);
        await FollowAsync("api-1", "Running", First);

        Assert.Equal(["add api-1"], _admin.Changes);
    }

    [Fact]
    public async Task Follow_ReplicaStops_IsDrainedAndThenRemoved()
    {
        await FollowAsync("api-1", "Running", First);
        await FollowAsync("api-1", "Stopping", First);
        await FollowAsync("api-1", "Exited", First);

        Assert.Equal(["add api-1", "drain api-1", "remove api-1"], _admin.Changes);
    }

    [Fact]
    public async Task Follow_ReplicaOnAnotherPort_IsMoved()
    {
        await FollowAsync("api-1", "Running", First);
        await FollowAsync("api-1", "Running", Second);

        Assert.Equal([new("backends", "api-1", Second, "unknown", 2)], _admin.Backends);
    }

    [Fact]
    public async Task Follow_ReplicaRunsWithoutAnAddressYet_Waits()
    {
        await FollowAsync("api-1", "Running");

        Assert.Empty(_admin.Changes);
    }

    [Fact]
    public async Task Follow_OneRefused_OthersAreFollowed()
    {
        _admin.Refused = "api-1";
        await FollowAsync("api-1", "Running", First);
        var isDone = await FollowAsync("api-2", "Running", Second);

        Assert.False(isDone);
        Assert.Equal(["add api-2"], _admin.Changes);
    }

    [Fact]
    public async Task Follow_OtherBackends_StayAsTheyAre()
    {
        _admin.Backends.Add(new("backends", "by-hand", Second, "healthy", 1));
        await FollowAsync("api-1", "Running", First);

        Assert.Equal(["add api-1"], _admin.Changes);
    }

    [Fact]
    public async Task Follow_AddressThatStays_IsDrainedWhileItStopsAndEnabledAfterwards()
    {
        _admin.Backends.Add(new("backends", "server", Second, "healthy", 1));
        await FollowServerAsync("Stopping");
        await FollowServerAsync("Exited");
        await FollowServerAsync("Running");

        Assert.Equal(["drain server", "enable server"], _admin.Changes);
    }

    [Fact]
    public async Task Follow_EnablingFails_IsTriedAgain()
    {
        _admin.Backends.Add(new("backends", "server", Second, "healthy", 1));
        await FollowServerAsync("Stopping");
        _admin.Fails = "enable server";

        Assert.False(await FollowServerAsync("Running"));
        Assert.True(await FollowServerAsync("Running"));
        Assert.Equal("healthy", _admin.Backends.Single().State);
    }

    [Fact]
    public async Task Follow_AnswerToDrainingIsLost_IsEnabledAfterwards()
    {
        _admin.Backends.Add(new("backends", "server", Second, "healthy", 1));
        (_admin.Fails, _admin.FailsAfterwards) = ("drain server", true);
        await FollowServerAsync("Stopping");
        Assert.Equal(ShownBackend.Draining, _admin.Backends.Single().State);
        await FollowServerAsync("Running");

        Assert.Equal("healthy", _admin.Backends.Single().State);
    }

    [Fact]
    public async Task Follow_MovedReplicaCannotBeAdded_IsAddedLater()
    {
        await FollowAsync("api-1", "Running", First);
        _admin.Fails = "add api-1";

        Assert.False(await FollowAsync("api-1", "Running", Second));
        Assert.True(await FollowAsync("api-1", "Running", Second));
        Assert.Equal([new("backends", "api-1", Second, "unknown", 2)], _admin.Backends);
    }

    [Fact]
    public async Task Follow_DrainedByHand_StaysDrained()
    {
        _admin.Backends.Add(new("backends", "server", Second, ShownBackend.Draining, 1));
        await FollowServerAsync("Stopping");
        await FollowServerAsync("Running");

        Assert.Empty(_admin.Changes);
    }

    [Fact]
    public async Task Follow_BalancerStartsAgain_IsToldEverythingAgain()
    {
        _balancer.Board.Take(_balancer.News("lb", "Running", start: Start));
        await FollowAsync("api-1", "Running", First);
        _admin.Backends.Clear();
        _balancer.Board.Take(_balancer.News("lb", "Running", start: Start.AddMinutes(1)));
        await _follower.FollowOnceAsync(_balancer.Board.BalancerStart!.Value, TestContext.Current.CancellationToken);

        Assert.Equal("api-1", Assert.Single(_admin.Backends).Name);
    }

    private Task<bool> FollowAsync(string id, string state, string? address = null) => TakeAsync(_api.News(id, state, address));

    private Task<bool> FollowServerAsync(string state) => TakeAsync(_fixed.News("server-x", state));

    private Task<bool> TakeAsync(ResourceEvent news)
    {
        _balancer.Board.Take(news);
        return _follower.FollowOnceAsync(Start, TestContext.Current.CancellationToken);
    }
}
