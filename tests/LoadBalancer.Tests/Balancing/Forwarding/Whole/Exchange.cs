using System.Net;
using System.Text;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Routes;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Whole;

/// <summary>Answer is what the client received of a response, and whether the attempt reported it as complete.</summary>
internal sealed record Answer(bool IsWhole, int Status, string Fields, string Body);

/// <summary>Exchange sends requests one after another over one connection without sockets.</summary>
internal sealed class Exchange : IDisposable
{
    // A closed port, so that a request that does not get the connection fails.
    private const string Nowhere = "http://127.0.0.1:1";

    private readonly ConnectionPool _pool;
    private readonly Upstream _upstream;

    public Exchange(PiecewiseTransport transport)
    {
        Assert.True(BackendAddress.TryParse(Nowhere, out var address));
        var addresses = new AddressBook(address.EndPoint, TimeProvider.System, Dns.GetHostAddressesAsync);
        var connector = new Connector(address, TlsSettings.Default, handshakes: null, addresses, loops: null, TimeProvider.System);
        _pool = new(connector, addresses, TimeProvider.System, maxOpen: 0);
        _upstream = new(address, addresses, _pool);
        _pool.Return(new(transport, endPoint: null, TimeProvider.System), ConnectionPool.IdleLifetime);
    }

    public async Task<Answer> GetAsync()
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        context.Request.Method = HttpMethods.Get;
        context.Request.Protocol = HttpProtocol.Http11;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        var single = new Single();
        context.Features.Set<IAttemptFeature>(single);

        var attempt = new Attempt();
        var plan = new RoutePlan(UsesOriginalHost: false, AddsForwarded: false, []);
        attempt.Start(context, _upstream, plan, new TimeoutOptions(), ForwarderRequestConfig.Empty, TimeProvider.System);
        await attempt.RunAsync(pool: null);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);

        var fields = string.Join('\n', context.Response.Headers.Select(field => $"{field.Key}: {field.Value}"));
        return new(
            single.Result.Progress == AttemptProgress.Completed, context.Response.StatusCode, fields, Encoding.Latin1.GetString(body.ToArray()));
    }

    public void Dispose() => _pool.Dispose();

    private sealed class Single : IAttemptFeature
    {
        public AttemptResult Result { get; private set; }

        public TimeSpan? Timeout => null;

        public ReadOnlyMemory<byte>? BufferedBody => ReadOnlyMemory<byte>.Empty;

        public bool DecideRetry(AttemptResult result) => false;

        public void Ended(AttemptResult result) => Result = result;
    }
}
