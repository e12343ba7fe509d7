using System.Net;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Forwarding.Routes;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.LoadBalancer.Benchmarks;

/// <summary>
/// Measures writing a request's head for the backend. The headers are in ASP.NET Core's dictionary, which is slower to enumerate than Kestrel's and
/// costs 56 bytes.
/// </summary>
[MemoryDiagnoser]
public class RequestHeads
{
    private static readonly RoutePlan Plan = new(UsesOriginalHost: true, AddsForwarded: true, []);

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly DefaultHttpContext _fewFields = CreateContext(("User-Agent", "curl/8.5.0"), ("Accept", "*/*"));

    private readonly DefaultHttpContext _browser = CreateContext(
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"), ("Accept-Encoding", "gzip, deflate, br"),
        ("Accept-Language", "en-GB,en;q=0.9"), ("Cache-Control", "no-cache"), ("Connection", "keep-alive"),
        ("Cookie", "session=0123456789abcdef; theme=dark"), ("Referer", "http://shop.example/basket"), ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Site", "same-origin"), ("Upgrade-Insecure-Requests", "1"));

    private readonly Upstream _upstream = Upstreams.Create(port: 80);

    [Benchmark(Baseline = true)]
    public int FewFields() => Write(_fewFields);

    [Benchmark]
    public int Browser() => Write(_browser);

    private static DefaultHttpContext CreateContext(params (string Name, string Value)[] fields)
    {
        var context = new DefaultHttpContext();
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.Method = HttpMethods.Get;
        request.Scheme = "http";
        request.RawTarget = request.Path = "/api/items/42";
        context.Request.Headers.Host = "shop.example";
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        foreach (var (name, value) in fields)
            context.Request.Headers[name] = value;
        return context;
    }

    private int Write(HttpContext context)
    {
        var writer = new ByteWriter(_buffer);
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        return RequestHeadWriter.TryWrite(ref writer, context, request, _upstream, Plan, RequestFraming.None, activity: null)
            ? writer.Length
            : throw new InvalidOperationException("The head could not be written.");
    }
}
