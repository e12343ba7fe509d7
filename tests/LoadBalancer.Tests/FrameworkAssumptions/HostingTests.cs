using System.Diagnostics.Metrics;
using System.Net;
using AspireLB.Balancing.Routing;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>What the balancer takes for granted of ASP.NET Core's host.</summary>
public sealed class HostingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>WebApplication puts authorization before everything unless a property says that the application has done so itself.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Authorization_ApplicationSaysThatItDoesThis_IsNotPutBeforeEverything(bool says)
    {
        var builder = CreateBuilder();
        builder.Services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        await using var app = builder.Build();
        if (says)
            ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        app.Run(context => context.Response.WriteAsync("reached", Cancelled));

        Assert.Equal(says, await StatusAsync(app, "/") == HttpStatusCode.OK);
    }

    /// <summary>The host watches configuration files unless this argument stops it; the balancer reads them again by itself.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ConfigurationFiles_ArgumentAgainstWatching_AreNotWatched(bool given)
    {
        var builder = CreateBuilder(given ? ConfigurationSources.WithoutWatching : "--other=1");

        var files = ((IConfigurationBuilder)builder.Configuration).Sources.OfType<FileConfigurationSource>().ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(!given, file.ReloadOnChange));
    }

    /// <summary>Data protection reads its keys at start-up by a hosted service, which the balancer takes out.</summary>
    [Fact]
    public void DataProtection_ReadsKeysByOneHostedService_WhichIsTakenOut()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy();
        Assert.Single(HostedByDataProtection(services));

        SessionKeys.ReplacePreloading(services);

        Assert.Empty(HostedByDataProtection(services));
    }

    /// <summary>A trial of a configuration counts requests by ASP.NET Core's own instrument: its name, its tags and the scope of its meter.</summary>
    [Fact]
    public async Task RequestDuration_RequestsOfThisHost_AreCountedByStatusAndRoute()
    {
        await using var app = CreateBuilder().Build();
        app.MapGet("/fine", () => "fine");
        app.MapGet("/broken", () => Results.StatusCode(503));
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var counted = new RequestTally(app.Services.GetRequiredService<IMeterFactory>()).Begin();
        using var elsewhere = new RequestTally(other.GetRequiredService<IMeterFactory>()).Begin();

        await StatusAsync(app, "/fine", "/broken", "/missing");

        await Eventually.TrueAsync(() => counted.Requests == 3, Cancelled);
        Assert.Equal(2, counted.Failures);
        Assert.Equal(0, elsewhere.Requests);
    }

    private static WebApplicationBuilder CreateBuilder(params string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder([.. arguments]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    private static IEnumerable<IHostedService> HostedByDataProtection(IServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        return [.. provider.GetServices<IHostedService>().Where(service => service.GetType().Assembly == typeof(IDataProtectionBuilder).Assembly)];
    }

    /// <summary>Starts the application, asks for each path, and gives the status of the last.</summary>
    private static async Task<HttpStatusCode> StatusAsync(WebApplication app, params string[] paths)
    {
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new(app.Urls.First()) };
        var status = default(HttpStatusCode);
        foreach (var path in paths)
        {
            using var response = await client.GetAsync(path, Cancelled);
            status = response.StatusCode;
        }

        return status;
    }
}
