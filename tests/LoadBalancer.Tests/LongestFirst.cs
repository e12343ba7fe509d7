using AspireLB.LoadBalancer.Tests.EndToEnd;
using AspireLB.LoadBalancer.Tests.EndToEnd.Admin;
using AspireLB.LoadBalancer.Tests.EndToEnd.Faults;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(AspireLB.LoadBalancer.Tests.LongestFirst))]

namespace AspireLB.LoadBalancer.Tests;

/// <summary>Starts the collections that take minutes first: one that started last would run alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [AdminCollection.Name, EndToEndCollection.Name, FaultRun.Name];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => Long.Contains(collection.TestCollectionDisplayName))];
}
