using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Bounds the calls of each client address, so that neither a loop gone wild nor the guessing of tokens takes the balancer's time.</summary>
internal static class CallRate
{
    /// <param name="services">Those of the admin listener.</param>
    /// <param name="callsPerSecond">Calls that each address may make; twice as many at once. 0: no limit.</param>
    public static IServiceCollection AddCallRate(this IServiceCollection services, int callsPerSecond) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => callsPerSecond == 0 || IsProbe(context.Request.Path)
            ? RateLimitPartition.GetNoLimiter(IPAddress.None)
            : RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress ?? IPAddress.None, _ => new()
            {
                TokenLimit = callsPerSecond * 2,
                TokensPerPeriod = Math.Max(1, callsPerSecond / 10),
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(callsPerSecond < 10 ? 1000.0 / callsPerSecond : 100),
                QueueLimit = 0,
            }));
        limiter.OnRejected = async (rejected, _) => await Problem.WriteAsync(
            rejected.HttpContext, StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"More than {callsPerSecond} calls per second."), retryAfterSeconds: 1);
    });

    // Orchestrators and Prometheus must not be locked out by what somebody else at their address does.
    private static bool IsProbe(PathString path) => path.Value is "/alive" or "/health" or "/metrics";
}
