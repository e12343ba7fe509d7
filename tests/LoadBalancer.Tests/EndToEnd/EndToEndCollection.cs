namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Tests that start processes run one after the other: side by side they would only take each other's processor.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
