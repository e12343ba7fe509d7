using AspireLB.Hosting.Following;

namespace AspireLB.Hosting.Tests.EndToEnd;

[Collection(SampleCollection.Name)]
public sealed class ReplicasTests(RunningSample sample)
{
    [Fact]
    public async Task ThreeReplicas_ThreeThousandRequests_AreSharedInExactThirds()
    {
        var answers = new Dictionary<string, int>();
        for (var i = 0; i < 3000; i++)
        {
            var answer = await sample.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
            answers[answer] = answers.GetValueOrDefault(answer) + 1;
        }

        Assert.Equal([1000, 1000, 1000], answers.Values);
    }

    [Fact]
    public async Task ReplicaStoppedAndStartedUnderLoad_NoRequestFails_AndItIsFollowed()
    {
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(_ => CountFailuresAsync(stop.Token)).ToList();
        var name = (await sample.Admin.ListAsync(TestContext.Current.CancellationToken))[0].Name;
        var before = await AnswersAsync();

        await sample.ExecuteAsync(name, "stop");
        await sample.WaitForAsync(backends => backends.Count == 2);
        await sample.ExecuteAsync(name, "start");
        await sample.WaitForAsync(backends => backends.Count(backend => backend.State == "healthy") == 3);
        await stop.CancelAsync();
        var outcomes = await Task.WhenAll(load);
        var after = await AnswersAsync();

        Assert.Equal(0, outcomes.Sum(outcome => outcome.Failed));
        Assert.True(outcomes.All(outcome => outcome.Sent > 0));
        Assert.Equal(3, after.Count);
        Assert.Single(after.Except(before)); // the new process
    }

    [Fact]
    public async Task Commands_OnOneReplica_ChangeThatOneAlone()
    {
        var name = (await sample.Admin.ListAsync(TestContext.Current.CancellationToken))[1].Name;

        await sample.ExecuteAsync(name, "drain");
        Assert.Equal(name, Assert.Single(await StatesAsync(ShownBackend.Draining)).Name);
        await sample.ExecuteAsync(name, "enable");
        Assert.Empty(await StatesAsync(ShownBackend.Draining));
        await sample.ExecuteAsync(name, "set-weight", "7");
        Assert.Equal(name, Assert.Single(await sample.Admin.ListAsync(TestContext.Current.CancellationToken), backend => backend.Weight == 7).Name);
        await sample.ExecuteAsync(name, "set-weight", "1");
    }

    [Fact]
    public async Task Balancer_StartedAgain_KnowsItsBackends()
    {
        await sample.ExecuteAsync("lb", "restart");

        await sample.WaitForAsync(backends => backends.Count(backend => backend.State == "healthy") == 3);
        Assert.StartsWith("replica ", await sample.Client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<IEnumerable<ShownBackend>> StatesAsync(string state) =>
        (await sample.Admin.ListAsync(TestContext.Current.CancellationToken)).Where(backend => backend.State == state);

    private async Task<HashSet<string>> AnswersAsync()
    {
        var answers = new HashSet<string>();
        for (var i = 0; i < 30; i++)
            answers.Add(await sample.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        return answers;
    }

    private async Task<(int Sent, int Failed)> CountFailuresAsync(CancellationToken stop)
    {
        var (sent, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            using var response = await sample.Client.GetAsync("/", TestContext.Current.CancellationToken);
            sent++;
            failed += response.IsSuccessStatusCode ? 0 : 1;
            await Task.Delay(5, TestContext.Current.CancellationToken); // do not use all of the CPU
        }

        return (sent, failed);
    }
}
