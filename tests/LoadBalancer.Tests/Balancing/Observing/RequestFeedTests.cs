using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public class RequestFeedTests
{
    private static readonly AttemptResult Succeeded = new(AttemptProgress.Completed, AttemptFailure.None, 200);
    private static readonly AttemptResult Refused = new(AttemptProgress.NeverConnected, AttemptFailure.Connection);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RequestFeed _feed;

    public RequestFeedTests() => _feed = new(_time);

    [Fact]
    public void Add_RetriedRequest_KeepsEachAttemptWithItsTimes()
    {
        var arrived = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var first = new AttemptTrace("server-1", Refused, _time.GetTimestamp(), _time.GetTimestamp() + Ticks(2));
        _time.Advance(TimeSpan.FromMilliseconds(3));
        var second = new AttemptTrace("server-2", Succeeded, _time.GetTimestamp(), _time.GetTimestamp() + Ticks(5));
        _time.Advance(TimeSpan.FromMilliseconds(5));

        _feed.Add(Request("GET", "/orders?card=1"), new Trail(arrived, first, second));

        var request = Assert.Single(_feed.After(0));
        Assert.Equal((1, "GET", "/orders", 200, 9.0, "c"), (request.Id, request.Method, request.Path, request.Status, request.Ms, request.Cluster));
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), request.Time);
        Assert.Equal([new("server-1", "never_connected", 0, 1, 2), new("server-2", "answered", 200, 4, 5)], request.Attempts);
    }

    [Fact]
    public void Add_MoreThanThereIsRoomFor_CountsAllAndKeepsTheFirstOfEachSecond()
    {
        for (var i = 0; i < 1000; i++)
            _feed.Add(Request("GET", $"/{i}"), new Trail(_time.GetTimestamp(), Attempt(Succeeded)));

        Assert.Equal(RequestFeed.RoomPerSecond, _feed.After(0).Length);
        Assert.Equal(1000, Counted());

        _feed.MakeRoom();
        _feed.Add(Request("GET", "/next"), new Trail(_time.GetTimestamp(), Attempt(Succeeded)));

        Assert.Equal("/next", _feed.After(RequestFeed.RoomPerSecond).Single().Path);
    }

    [Fact]
    public void Add_FailedAmongMany_IsKept()
    {
        for (var i = 0; i < 1000; i++)
            _feed.Add(Request("GET", "/ordinary"), new Trail(_time.GetTimestamp(), Attempt(Succeeded)));
        _feed.Add(Request("GET", "/failed", status: 502), new Trail(_time.GetTimestamp(), Attempt(Refused)));
        _feed.Add(Request("GET", "/retried"), new Trail(_time.GetTimestamp(), Attempt(Refused), Attempt(Succeeded)));

        Assert.Equal(["/failed", "/retried"], _feed.After(RequestFeed.RoomPerSecond).Select(request => request.Path));
    }

    [Fact]
    public void Add_ManyOrdinaryOnesSince_FailedIsStillKept()
    {
        _feed.Add(Request("GET", "/failed", status: 502), new Trail(_time.GetTimestamp(), Attempt(Refused)));
        for (var i = 0; i < 10 * RequestFeed.Capacity; i++)
        {
            _feed.MakeRoom();
            _feed.Add(Request("GET", "/ordinary"), new Trail(_time.GetTimestamp(), Attempt(Succeeded)));
        }

        var kept = _feed.After(0);
        Assert.Equal("/failed", kept[0].Path);
        Assert.Equal(RequestFeed.Capacity + 1, kept.Length);
        Assert.Empty(_feed.After(kept[^1].Id));
    }

    [Theory]
    [InlineData(200, nameof(AttemptFailure.None), 0)]
    [InlineData(404, nameof(AttemptFailure.None), 0)]
    [InlineData(500, nameof(AttemptFailure.None), 1)]
    [InlineData(200, nameof(AttemptFailure.Connection), 1)] // broke off midway
    [InlineData(200, nameof(AttemptFailure.Client), 0)]
    public void Add_Request_IsAnErrorIfItFailedForTheClient(int status, string failure, int errors)
    {
        var attempt = Attempt(new(AttemptProgress.BrokenOff, Enum.Parse<AttemptFailure>(failure), status));
        _feed.Add(Request("GET", "/", status), new Trail(_time.GetTimestamp(), attempt));

        Assert.Equal(errors, _feed.Errors);
    }

    [Fact]
    public void Add_LongPathAndMethod_AreCut()
    {
        _feed.Add(Request(new string('M', 300), "/" + new string('p', 8000)), new Trail(_time.GetTimestamp()));

        var request = Assert.Single(_feed.After(0));
        Assert.Equal((FinishedRequest.LongestMethod, FinishedRequest.LongestPath), (request.Method.Length, request.Path.Length));
        Assert.EndsWith("…", request.Path, StringComparison.Ordinal);
        Assert.Empty(request.Attempts);
    }

    [Fact]
    public void Add_NoRoomLeft_AllocatesNothing()
    {
        var (context, trail) = (Request("GET", "/"), new Trail(_time.GetTimestamp(), Attempt(Succeeded)));
        for (var i = 0; i < 100; i++)
            _feed.Add(context, trail);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            _feed.Add(context, trail);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DefaultHttpContext Request(string method, string target, int status = 200)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = target.Split('?')[0];
        context.Request.QueryString = new(target[target.Split('?')[0].Length..]);
        context.Response.StatusCode = status;
        return context;
    }

    private static AttemptTrace Attempt(AttemptResult result) => new("server-1", result, 0, 0);

    private long Ticks(double milliseconds) => (long)(milliseconds * _time.TimestampFrequency / 1000);

    private long Counted()
    {
        var reader = new DurationReader(_feed.Durations);
        reader.ReadSinceLast();
        return reader.Count;
    }

    private sealed class Trail(long arrived, params AttemptTrace[] traces) : IRequestTrail
    {
        public string ClusterId => "c";

        public long Arrived => arrived;

        public int Count => traces.Length;

        public AttemptResult Result => traces.LastOrDefault().Result;

        public IEnumerable<AttemptTrace> Traces(long ended) => traces;
    }
}
