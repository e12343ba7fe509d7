namespace AspireLB.Balancing.Model;

/// <summary>TelemetryNames has the names that metrics and spans share. Dashboards and alerts rely on them: they do not change.</summary>
internal static class TelemetryNames
{
    /// <summary>The name of the balancer's activity source and meter.</summary>
    public const string Source = "AspireLB.LoadBalancer";

    public const string ClusterTag = "aspirelb.cluster";
    public const string BackendTag = "aspirelb.backend";
    public const string OutcomeTag = "aspirelb.outcome";
    public const string StateTag = "aspirelb.state";
    public const string PolicyTag = "aspirelb.policy";
    public const string RouteTag = "aspirelb.route";
    public const string HedgeTag = "aspirelb.hedge";
}
