using System.Net;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>The results of gRPC calls, whose request and response end independently of each other.</summary>
public sealed class GrpcOutcomeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_CompleteResponseBeforeTheRequestsEnd_IsCompleted(bool goesOn)
    {
        await using var backend = await GrpcBackend.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 }, context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });

        var (response, result) = await CallAsync(backend, goesOn);

        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal(new AttemptResult(AttemptProgress.Completed, AttemptFailure.None, 200), result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_ErrorStatusInTheHeadAlone_IsCompleted(bool goesOn)
    {
        await using var backend = await GrpcBackend.StartAsync(context =>
        {
            context.Response.Headers["grpc-status"] = "13";
            return Task.CompletedTask;
        });

        var (response, result) = await CallAsync(backend, goesOn);

        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal(new AttemptResult(AttemptProgress.Completed, AttemptFailure.None, 200), result);
    }

    [Fact]
    public async Task Attempt_ClientCancelsOrItsDeadlinePasses_IsTheClientsFailure()
    {
        await using var backend = await GrpcBackend.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 }, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var proxy = await StartProxyAsync(backend);
        using (var call = new GrpcCall(proxy.Port))
        using (await call.StartAsync(Cancelled))
        {
            // Disposing the response resets the stream with CANCEL, as gRPC clients do in both cases.
        }

        Assert.Equal(AttemptFailure.Client, (await EndedAsync(proxy)).Failure);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    public async Task Attempt_StreamIsResetWithinTheResponse_IsBrokenOff(int code, bool hasRequestEnded)
    {
        var reset = new TaskCompletionSource();
        await using var backend = await GrpcBackend.StartAsync(async context =>
        {
            if (hasRequestEnded)
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0 }, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await reset.Task.WaitAsync(context.RequestAborted);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        });
        await using var proxy = await StartProxyAsync(backend);
        using var call = new GrpcCall(proxy.Port);
        if (hasRequestEnded)
            call.Content.End();

        using var response = await call.StartAsync(Cancelled);
        reset.SetResult();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Cancelled));

        Assert.Equal(new AttemptResult(AttemptProgress.BrokenOff, AttemptFailure.Connection, 200), await EndedAsync(proxy));
    }

    [Fact]
    public async Task Attempt_StreamIsResetAfterTheHead_IsBrokenOffAndTheClientIsNotBlamed()
    {
        var reset = new TaskCompletionSource();
        await using var backend = await GrpcBackend.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await reset.Task.WaitAsync(context.RequestAborted);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
        });
        await using var proxy = await StartProxyAsync(backend);
        using var call = new GrpcCall(proxy.Port);

        using var response = await call.StartAsync(Cancelled);
        reset.SetResult();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Cancelled));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new AttemptResult(AttemptProgress.BrokenOff, AttemptFailure.Connection, 200), await EndedAsync(proxy));
    }

    private static async Task<(HttpResponseMessage Response, AttemptResult Result)> CallAsync(GrpcBackend backend, bool goesOn)
    {
        await using var proxy = await StartProxyAsync(backend);
        using var call = new GrpcCall(proxy.Port);
        call.Content.GoesOn = goesOn;
        using var response = await call.StartAsync(Cancelled);
        await response.Content.ReadAsByteArrayAsync(Cancelled);
        return (response, await EndedAsync(proxy));
    }

    private static async Task<AttemptResult> EndedAsync(ForwardingProxy proxy)
    {
        await Eventually.TrueAsync(() => proxy.Ended.Count > 0, Cancelled);
        return Assert.Single(proxy.Ended);
    }

    private static Task<ForwardingProxy> StartProxyAsync(GrpcBackend backend) => ForwardingProxy.StartAsync(backend.Url, new()
    {
        Listen = listen => listen.Protocols = HttpProtocols.Http2,
        Request = new ForwarderRequestConfig { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
    });
}
