namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>
/// Tests that start processes run one after the other, here and in a few more collections (<see cref="LongestFirst"/>): all of them side by side would
/// only take each other's processor, and all in one row would leave it idle whenever one waits.
/// </summary>
[CollectionDefinition(Name)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
