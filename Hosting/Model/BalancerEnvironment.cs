using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;

namespace AspireLB.Hosting.Model;

/// <summary>Writes routes, clusters and backends into the balancer's environment, as YARP configuration.</summary>
internal sealed class BalancerEnvironment(LoadBalancerResource balancer, TimeProvider time)
{
    /// <summary>How long the balancer's start waits for its backends. Backends that start later are added while it runs.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task WriteAsync(EnvironmentCallbackContext context)
    {
        WriteListeners(context);
        if (context.ExecutionContext.IsRunMode)
            await WaitForBackendsAsync(context.CancellationToken);
        foreach (var cluster in balancer.Clusters.All)
            Write(context, cluster);
    }

    private void WriteListeners(EnvironmentCallbackContext context)
    {
        var variables = context.EnvironmentVariables;
        var http = balancer.HttpEndpoint.Property(EndpointProperty.TargetPort);
        var console = balancer.ConsoleEndpoint.Property(EndpointProperty.TargetPort);
        if (IsContainer(context))
        {
            variables["ASPNETCORE_URLS"] = ReferenceExpression.Create($"http://*:{http}");
            variables["Admin__Urls"] = ReferenceExpression.Create($"http://*:{console}");
            variables["Admin__Token"] = balancer.AdminToken!;
        }
        else
        {
            variables["ASPNETCORE_URLS"] = ReferenceExpression.Create($"http://localhost:{http}");
            variables["Admin__Port"] = ReferenceExpression.Create($"{console}");
        }
    }

    private void Write(EnvironmentCallbackContext context, BalancedCluster cluster)
    {
        var variables = context.EnvironmentVariables;
        var route = $"ReverseProxy__Routes__{cluster.Id}__";
        var prefix = $"ReverseProxy__Clusters__{cluster.Id}__";
        variables[route + "ClusterId"] = cluster.Id;
        variables[route + "Match__Path"] = cluster.Path;
        variables[route + "Transforms__0__RequestHeaderOriginalHost"] = "true";
        if (cluster.Id == BalancedCluster.DefaultId)
            variables[route + "Order"] = int.MaxValue.ToString(CultureInfo.InvariantCulture);
        // Always written, so that the cluster exists even without backends.
        variables[prefix + "SessionAffinity__Enabled"] = balancer.StickyCookie is null ? "false" : "true";
        if (balancer.StickyCookie is { } cookie)
        {
            variables[prefix + "SessionAffinity__Policy"] = "HashCookie";
            variables[prefix + "SessionAffinity__FailurePolicy"] = "Redistribute";
            variables[prefix + "SessionAffinity__AffinityKeyName"] = cookie;
        }

        foreach (var backend in cluster.Backends)
        {
            foreach (var (name, address) in AddressesOf(backend, context))
            {
                variables[$"{prefix}Destinations__{name}__Address"] = address;
                if (backend.Weight != 1)
                    variables[$"{prefix}Destinations__{name}__Metadata__Weight"] = backend.Weight.ToString(CultureInfo.InvariantCulture);
            }
        }
    }

    private IEnumerable<(string Name, object Address)> AddressesOf(BalancedBackend backend, EnvironmentCallbackContext context) =>
        backend.HasOwnAddress && !IsContainer(context)
            ? balancer.Board.InstancesOf(backend)
                .Where(instance => instance is { Phase: BackendPhase.Running, OwnAddress: not null })
                .Select(instance => (instance.Name, (object)instance.OwnAddress!))
            : [(backend.Resource.Name, new EndpointReference(backend.Resource, backend.Endpoint))];

    private bool IsContainer(EnvironmentCallbackContext context) => context.ExecutionContext.IsPublishMode || balancer.RunsAsContainer;

    private async Task WaitForBackendsAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            for (var news = balancer.Board.Changed; !balancer.Board.IsSettled; news = balancer.Board.Changed)
                await news.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The balancer starts with the backends that are running.
        }
    }
}
