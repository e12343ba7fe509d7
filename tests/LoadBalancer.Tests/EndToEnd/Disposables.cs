namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Several things to end with the test, whatever becomes of it.</summary>
internal sealed class Disposables(params IEnumerable<IAsyncDisposable> things) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var thing in things)
            await thing.DisposeAsync();
    }
}
