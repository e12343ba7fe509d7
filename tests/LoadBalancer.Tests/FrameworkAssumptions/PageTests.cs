using System.Text.RegularExpressions;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>The page that lists the assumptions names tests; those have to exist.</summary>
public sealed partial class PageTests
{
    [Fact]
    public async Task Page_EveryTestThatItNames_Exists()
    {
        var page = await File.ReadAllTextAsync(Repository.File("docs/framework-assumptions.md"), TestContext.Current.CancellationToken);
        var classes = typeof(PageTests).Assembly.GetTypes().ToLookup(type => type.Name);

        var named = NamedTest().Matches(page);

        Assert.True(named.Count > 40, $"the page names {named.Count} tests");
        Assert.All(named, test => Assert.Contains(
            classes[test.Groups["class"].Value].SelectMany(type => type.GetMethods()),
            method => method.Name.StartsWith(test.Groups["method"].Value, StringComparison.Ordinal)));
    }

    /// <summary>A class, and where one follows the beginning of a method's name: <c>KestrelTests.Target_…</c>.</summary>
    [GeneratedRegex(@"\b(?<class>\w+Tests)\b(?:\.(?<method>\w+_)…)?")]
    private static partial Regex NamedTest();
}
