using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Benchmarks;

/// <summary>Measures one pick of each policy.</summary>
[MemoryDiagnoser]
public class Picks
{
    private readonly DefaultHttpContext _context = new();
    private long _turn;
    private IPickingPolicy _policy = null!;
    private AvailableBackends _candidates = null!;

    public static IEnumerable<string> Policies => All().Select(policy => policy.Name);

    [ParamsSource(nameof(Policies))]
    public string Policy { get; set; } = "";

    [Params(5, 1000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _policy = All().Single(policy => policy.Name == Policy);
        var destinations = Enumerable.Range(1, Count).Select(i => new DestinationState($"server-{i}"));
        _candidates = new([.. destinations.Select(destination => new Backend("backends", destination, TimeProvider.System))]);
    }

    [Benchmark]
    public object Pick() => _policy.Pick(_context, _candidates, _turn++);

    private static IEnumerable<IPickingPolicy> All() => PickingPolicies.All(new SharedRandomSource());
}
