using AspireLB.Balancing.Forwarding.Routes;
using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <content>Runs two attempts at one request at once.</content>
internal sealed partial class Http1Forwarder
{
    /// <summary>Waits for both attempts, so that neither uses the request's context after the request has ended. The loser ends promptly.</summary>
    private async ValueTask<ForwarderError> RaceAsync(
        Attempt first, IRace race, HttpContext context, Http1Client client, RoutePlan plan, ForwarderRequestConfig config)
    {
        using var racer = first.Racer;
        try
        {
            var running = first.RunAsync(pool: null).AsTask();
            if (await race.StartSecondAsync(running) is not { } rival)
                return await running;

            using var second = rival.Feature.Racer;
            var runningSecond = RunRivalAsync(rival, context, client, plan, config);
            await Task.WhenAll(running, runningSecond);
            return await running is not ForwarderError.None and var error ? error : await runningSecond;
        }
        finally
        {
            _attempts.Return(first);
        }
    }

    private async Task<ForwarderError> RunRivalAsync(
        Rival rival, HttpContext context, Http1Client client, RoutePlan plan, ForwarderRequestConfig config)
    {
        AttemptSpan.LeaveAttempt();
        if (StartRival(rival, context, client, plan, config) is not { } attempt)
        {
            rival.Feature.Ended(new(AttemptProgress.NeverConnected, AttemptFailure.Overtaken));
            return ForwarderError.None;
        }

        return await attempt.RunAsync(_attempts);
    }

    /// <summary>Returns null if the race has been decided meanwhile, or if only YARP's forwarder supports the rival's kind of address.</summary>
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
