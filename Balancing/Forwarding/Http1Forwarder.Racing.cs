using AspireLB.Balancing.Forwarding.Routes;
using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <content>Two attempts at one request at once.</content>
internal sealed partial class Http1Forwarder
{
    /// <summary>Both attempts are waited for, so that none uses the request's context when it is gone: the one that has lost is on its way out.</summary>
    private async ValueTask<ForwarderError> RaceAsync(
        Attempt first, IRace race, HttpContext context, Http1Client client, RoutePlan plan, ForwarderRequestConfig config)
    {
        using var racer = first.Racer;
        try
        {
            var running = first.RunAsync(home: null).AsTask();
            if (await race.StartSecondAsync(running) is not { } rival)
                return await running;

            using var second = rival.Feature.Racer;
            var runningBeside = RunRivalAsync(rival, context, client, plan, config);
            await Task.WhenAll(running, runningBeside);
            return await running is not ForwarderError.None and var error ? error : await runningBeside;
        }
        finally
        {
            _attempts.Return(first);
        }
    }

    private async Task<ForwarderError> RunRivalAsync(Rival rival, HttpContext context, Http1Client client, RoutePlan plan, ForwarderRequestConfig config)
    {
        AttemptSpan.LeaveAttempt();
        if (StartRival(rival, context, client, plan, config) is not { } attempt)
        {
            rival.Feature.Ended(new(AttemptProgress.NeverConnected, AttemptFailure.Overtaken));
            return ForwarderError.None;
        }

        return await attempt.RunAsync(_attempts);
    }

    /// <summary>Null where the race was decided meanwhile, or the rival's address is of a kind that only YARP's forwarder knows.</summary>
    private Attempt? StartRival(Rival rival, HttpContext context, Http1Client client, RoutePlan plan, ForwarderRequestConfig config)
    {
        if (client.BackendFor(rival.DestinationPrefix) is not { } backend)
            return null;

        var racer = rival.Feature.Racer!;
        lock (racer.Gate)
        {
            if (!racer.TryTakeTurn())
                return null;

            var attempt = _attempts.Get();
            attempt.Start(context, backend, plan, client.Timeouts, config, time, rival.Feature);
            return attempt;
        }
    }
}
