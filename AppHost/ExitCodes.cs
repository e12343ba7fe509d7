namespace AspireLB.AppHost;

internal static class ExitCodes
{
    /// <summary>Something is missing or misconfigured; the console says what.</summary>
    public const int Unusable = 2;
}
