using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Bounds the calls of each client address, so that neither a loop gone wild nor the guessing of tokens takes the balancer's time. Counts when it is
/// asked and has no timer: ASP.NET Core's rate limiting wakes up twenty times a second, also when nobody calls, and was most of what an idle balancer did.
/// </summary>
/// <param name="next">What comes after it.</param>
/// <param name="callsPerSecond">Calls that each address may make; twice as many at once.</param>
/// <param name="time">What time it is.</param>
internal sealed class CallRate(RequestDelegate next, int callsPerSecond, TimeProvider time)
{
    /// <summary>Addresses from which on those that have been quiet are forgotten.</summary>
    public const int Many = 1000;

    private readonly ConcurrentDictionary<IPAddress, CallAllowance> _allowances = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (IsProbe(context.Request.Path) || TryTake(context.Connection.RemoteIpAddress ?? IPAddress.None))
            return next(context);
        return Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"More than {callsPerSecond} calls per second."), retryAfterSeconds: 1);
    }

    /// <summary>Addresses that are remembered.</summary>
    internal int Remembered => _allowances.Count;

    /// <summary>Whether one more call is allowed from there.</summary>
    internal bool TryTake(IPAddress address)
    {
        if (!_allowances.TryGetValue(address, out var allowance))
        {
            if (_allowances.Count >= Many)
                ForgetIdle();
            allowance = _allowances.GetOrAdd(address, _ => new CallAllowance(callsPerSecond, time));
        }

        return allowance.TryTake();
    }

    // One that is whole again is as good as a new one; after two seconds of silence all are.
    private void ForgetIdle()
    {
        foreach (var (address, allowance) in _allowances)
        {
            if (allowance.IsWhole)
                _allowances.TryRemove(address, out _);
        }
    }

    // Orchestrators and Prometheus must not be locked out by what somebody else at their address does.
    private static bool IsProbe(PathString path) => path.Value is "/alive" or "/health" or "/metrics";
}
