namespace AspireLB.LoadBalancer.Limiting;

internal static class LimitingExtensions
{
    /// <summary>The cap over all clusters. Those of single backends are kept by <see cref="BackendSlots"/>, where attempts begin.</summary>
    public static IApplicationBuilder UseLimiting(this IApplicationBuilder app) => app.UseMiddleware<GlobalLimit>();
}
