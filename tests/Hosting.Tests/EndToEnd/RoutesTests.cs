using System.Net;

namespace AspireLB.Hosting.Tests.EndToEnd;

/// <summary>Tests the sample's second balancer: sticky sessions over the three replicas, and a route to a file server.</summary>
[Collection(SampleCollection.Name)]
public sealed class RoutesTests(RunningSample sample)
{
    private const int Requests = 12;

    [Fact]
    public async Task Route_TakesItsPath_AndTheOthersGoToTheBackends()
    {
        using var client = sample.CreateRoutedClient(new CookieContainer());

        Assert.Equal("a file", await client.GetStringAsync("/static/file.txt", TestContext.Current.CancellationToken));
        Assert.StartsWith("replica ", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StickySessions_EachClientStaysAtTheReplicaThatItGotFirst()
    {
        var replicas = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            using var client = sample.CreateRoutedClient(new CookieContainer());
            replicas.Add(Assert.Single(await AnswersAsync(client)));
        }

        Assert.Equal(3, replicas.Count);
    }

    [Fact]
    public async Task StickySessions_ReplicaStopped_ItsClientGoesToAnotherAndStaysThere()
    {
        var cookies = new CookieContainer();
        using var client = sample.CreateRoutedClient(cookies);
        Assert.Single(await AnswersAsync(client));
        Assert.Equal("session", Assert.Single(cookies.GetAllCookies()).Name);

        var name = await sample.NameOfAsync(Assert.Single(await AnswersAsync(client)));
        await sample.ExecuteAsync(name, "stop");
        await AnswersAsync(client); // no request fails before the balancer has noticed
        await RunningSample.WaitForAsync(sample.RoutedAdmin, backends => backends.Count == 3);
        Assert.Single(await AnswersAsync(client));

        await sample.ExecuteAsync(name, "start");
        await sample.WaitForAsync(backends => backends.Count(backend => backend.State == "healthy") == 3);
        await RunningSample.WaitForAsync(sample.RoutedAdmin, backends => backends.Count(backend => backend.State == "healthy") == 4);
    }

    private static async Task<HashSet<string>> AnswersAsync(HttpClient client)
    {
        var answers = new HashSet<string>();
        for (var i = 0; i < Requests; i++)
            answers.Add(await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        return answers;
    }
}
