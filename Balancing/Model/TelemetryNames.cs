namespace AspireLB.Balancing.Model;

/// <summary>Names that metrics and spans share. Dashboards and alerts rely on them: they do not change.</summary>
internal static class TelemetryNames
{
    /// <summary>The activity source and the meter of everything the balancer measures itself.</summary>
    public const string Source = "AspireLB.LoadBalancer";

    public const string ClusterTag = "aspirelb.cluster";
    public const string BackendTag = "aspirelb.backend";
    public const string OutcomeTag = "aspirelb.outcome";
    public const string StateTag = "aspirelb.state";
    public const string PolicyTag = "aspirelb.policy";
    public const string RouteTag = "aspirelb.route";
    public const string HedgeTag = "aspirelb.hedge";
}
