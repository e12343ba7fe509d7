namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Several objects to dispose of with the test, even if it fails.</summary>
internal sealed class Disposables(params IEnumerable<IAsyncDisposable> things) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var thing in things)
            await thing.DisposeAsync();
    }
}
