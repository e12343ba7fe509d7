using static Microsoft.Playwright.Assertions;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>Tests the dashboard's list of resources and its commands.</summary>
[Collection(DashboardCollection.Name)]
public class ResourcesTests(DashboardRun run)
{
    private const int Limit = 120_000;
    private const string Balancer = "loadbalancer";
    private const string Server = "server-2";

    [Fact(Timeout = Limit)]
    public async Task Resources_AllAreGreenAndHealthy_AndNothingWarns()
    {
        await run.Page.OpenResourcesAsync();

        await Expect(run.Page.Rows).ToHaveCountAsync(1 + DashboardRun.Servers.Length);
        foreach (var name in DashboardRun.Servers.Append(Balancer))
        {
            await run.Page.ResourceIsGreenAsync(name);
            await run.Page.OpenDetailsAsync(run.Page.Resource(name));
            await Expect(run.Page.Detail("Health state")).ToHaveTextAsync("Healthy");
        }

        await Expect(run.Page.Warnings).ToHaveCountAsync(0);
        await run.Page.TakePictureAsync("resources");
    }

    [Fact(Timeout = Limit)]
    public async Task BalancersUrls_BalancerStandsBeforeConsole()
    {
        await run.Page.OpenResourcesAsync();

        await Expect(run.Page.Resource(Balancer).Locator(".url-container a")).ToHaveTextAsync(["Balancer", "Console"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Drain_Clicked_BalancerDrainsAndTheHealthReportSaysSo_EnableTakesItBack()
    {
        await run.Page.RunCommandAsync(Server, "Drain");

        Assert.Equal("draining", (await run.BackendAsync(Server)).State);
        await run.Page.ResourceIsAsync(Server, "Running (Degraded)");
        await run.Page.OpenDetailsAsync(run.Page.Resource(Server));
        await Expect(run.Page.Detail($"{Balancer}-{Server}")).ToContainTextAsync("Degraded");
        await Expect(run.Page.Detail($"{Balancer}-{Server}", column: 2)).ToHaveTextAsync("draining");

        await run.Page.RunCommandAsync(Server, "Enable");

        await run.WaitForStateAsync(Server, "healthy");
        await run.Page.ResourceIsGreenAsync(Server);
        await run.Page.OpenDetailsAsync(run.Page.Resource(Server));
        await Expect(run.Page.Detail($"{Balancer}-{Server}", column: 2)).ToHaveTextAsync("healthy");
    }

    [Fact(Timeout = Limit)]
    public async Task Weight_Clicked_AsksForANumberAndBalancerTakesIt()
    {
        await run.Page.SetWeightAsync(Server, "3");
        Assert.Equal(3, (await run.BackendAsync(Server)).Weight);

        await run.Page.SetWeightAsync(Server, "1");
        Assert.Equal(1, (await run.BackendAsync(Server)).Weight);
    }
}
