namespace AspireLB.LoadBalancer.Administering;

/// <summary>A call of the admin API that can't be done as asked: the status and one sentence for who asked.</summary>
internal sealed class AdminFailure(int status, string title) : Exception(title)
{
    public int Status => status;
}
