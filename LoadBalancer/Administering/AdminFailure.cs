namespace AspireLB.LoadBalancer.Administering;

/// <summary>Thrown when an admin API call can't be carried out. Carries the response's status and one sentence for the caller.</summary>
internal sealed class AdminFailure(int status, string title) : Exception(title)
{
    public int Status => status;
}
