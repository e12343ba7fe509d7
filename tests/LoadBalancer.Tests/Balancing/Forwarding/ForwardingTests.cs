namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>Runs its tests on both transports: event loops, and .NET's own sockets.</summary>
public abstract class ForwardingTests
{
    private protected virtual bool UsesEventLoops => true;

    private protected Task<ForwardingProxy> StartProxyAsync(string destination, ForwardingProxy.Setup? setup = null) =>
        ForwardingProxy.StartAsync(destination, (setup ?? new()) with { UsesEventLoops = UsesEventLoops });
}

public sealed class RequestForwardingOverSocketsTests : RequestForwardingTests
{
    private protected override bool UsesEventLoops => false;
}

public sealed class ResponseForwardingOverSocketsTests : ResponseForwardingTests
{
    private protected override bool UsesEventLoops => false;
}

public sealed class AttemptOutcomeOverSocketsTests : AttemptOutcomeTests
{
    private protected override bool UsesEventLoops => false;
}

public sealed class KeptConnectionOverSocketsTests : KeptConnectionTests
{
    private protected override bool UsesEventLoops => false;
}
