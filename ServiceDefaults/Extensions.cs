namespace AspireLB.ServiceDefaults;

/// <summary>Telemetry and health endpoints, the same for every service of the solution.</summary>
public static class Extensions;
