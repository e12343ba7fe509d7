namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>
/// Tests that start processes run one after the other, in this and a few more collections (<see cref="LongestFirst"/>). Running all in parallel
/// would only compete for processors, and running all in sequence would leave them idle whenever a test waits.
/// </summary>
[CollectionDefinition(Name)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
