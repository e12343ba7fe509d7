namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The admin API's share of the tests that start processes.</summary>
[CollectionDefinition(Name)]
public sealed class AdminCollection
{
    public const string Name = "admin";
}
