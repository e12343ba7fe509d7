using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AspireLB.Hosting.Model;

/// <summary>Everything that a balancer balances. It rejects immediately what the balancer would reject at its start.</summary>
internal sealed class BalancedClusters
{
    private const int MaximumWeight = 1000;
    private const string AnyPath = "/{**path}";

    private readonly List<BalancedCluster> _all = [];

    public IReadOnlyList<BalancedCluster> All => _all;

    public IEnumerable<(BalancedCluster Cluster, BalancedBackend Backend)> Backends =>
        _all.SelectMany(cluster => cluster.Backends, (cluster, backend) => (cluster, backend));

    /// <summary>The cluster for all requests that no other route matches.</summary>
    public BalancedCluster Default() =>
        _all.Find(cluster => cluster.Id == BalancedCluster.DefaultId) ?? Added(new(BalancedCluster.DefaultId, AnyPath));

    /// <exception cref="ArgumentException">The path is invalid, or already has a route.</exception>
    public BalancedCluster ForRoute(string path, string name)
    {
        CheckPath(path);
        var id = name;
        for (var number = 2; id == BalancedCluster.DefaultId || _all.Exists(cluster => cluster.Id == id); number++)
            id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        return Added(new(id, path));
    }

    /// <exception cref="ArgumentException">The weight is out of range, or the resource is already in the cluster.</exception>
    public static BalancedBackend Add(BalancedCluster cluster, IResourceWithEndpoints resource, int weight, string? endpointName)
    {
        if (weight is < 1 or > MaximumWeight)
        {
            throw new ArgumentOutOfRangeException(
                nameof(weight), weight, $"The weight of '{resource.Name}' must be a whole number from 1 to {MaximumWeight}.");
        }

        if (cluster.Backends.Any(backend => backend.Resource.Name == resource.Name))
            throw new ArgumentException($"'{resource.Name}' is a backend of '{cluster.Id}' already.", nameof(resource));
        var added = new BalancedBackend(resource, weight, endpointName);
        cluster.Backends.Add(added);
        return added;
    }

    private void CheckPath(string path)
    {
        if (!path.StartsWith('/'))
            throw new ArgumentException($"The path of a route begins with /: '{path}' does not.", nameof(path));
        try
        {
            RoutePatternFactory.Parse(path);
        }
        catch (RoutePatternException exception)
        {
            throw new ArgumentException($"'{path}' is not the path of a route: {exception.Message}", nameof(path), exception);
        }

        if (_all.Any(cluster => cluster.Path.Equals(path, StringComparison.OrdinalIgnoreCase)))
            throw new ArgumentException($"There is a route for '{path}' already.", nameof(path));
    }

    private BalancedCluster Added(BalancedCluster cluster)
    {
        _all.Add(cluster);
        return cluster;
    }
}
