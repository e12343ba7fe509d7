using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Limits the calls of each client address, so that neither a runaway loop nor guessing of tokens takes up the balancer's time. It needs no timer:
/// ASP.NET Core's rate limiting wakes up twenty times a second even without calls, which was most of the work of an idle balancer.
/// </summary>
/// <param name="next">The next middleware.</param>
/// <param name="callsPerSecond">Calls per second that each address may make, with bursts of twice as many.</param>
/// <param name="time">The clock.</param>
internal sealed class CallRate(RequestDelegate next, int callsPerSecond, TimeProvider time)
{
    /// <summary>Number of remembered addresses above which idle ones are forgotten.</summary>
    public const int Many = 1000;

    private readonly ConcurrentDictionary<IPAddress, CallAllowance> _allowances = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (IsProbe(context.Request.Path) || TryTake(context.Connection.RemoteIpAddress ?? IPAddress.None))
            return next(context);
        return Problem.WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            string.Create(CultureInfo.InvariantCulture, $"More than {callsPerSecond} calls per second."),
            retryAfterSeconds: 1);
    }

    /// <summary>Number of remembered addresses.</summary>
    internal int Remembered => _allowances.Count;

    /// <summary>Takes one call from the allowance of an address; false if none is left.</summary>
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

    // A full bucket is the same as a new one; after two seconds without calls every bucket is full.
    private void ForgetIdle()
    {
        foreach (var (address, allowance) in _allowances)
        {
            if (allowance.IsFull)
                _allowances.TryRemove(address, out _);
        }
    }

    // Other clients at the same address must not lock out orchestrators and Prometheus.
    private static bool IsProbe(PathString path) => path.Value is "/alive" or "/health" or "/metrics";
}
