namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The collection of admin API tests that start processes.</summary>
[CollectionDefinition(Name)]
public sealed class AdminCollection
{
    public const string Name = "admin";
}
