using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace AspireLB.LoadBalancer.Tests.ServiceDefaults;

[Collection(nameof(RequestTelemetryTests))]
[CollectionDefinition(nameof(RequestTelemetryTests), DisableParallelization = true)] // listeners see every host of the process
public class RequestTelemetryTests
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Information", false)]
    [InlineData("Logging:Console:LogLevel:Default", "Information", false)] // rules of a provider come before those of a category
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Information", true)]
    [InlineData("Logging:LogLevel:Microsoft", "Debug", true)]
    [InlineData("Logging:LogLevel:Microsoft.*", "Information", true)]
    [InlineData("Logging:Console:LogLevel:Microsoft.AspNetCore.Hosting", "Information", true)]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Warning", false)] // at which no request is logged
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Routing", "Debug", false)]
    [InlineData($"Logging:LogLevel:{Category}", "Information", true)]
    [InlineData($"Logging:Console:LogLevel:{Category}", "Warning", true)]
    public async Task AddServiceDefaults_NoEndpoint_ActivityOnlyWhereItsCategoryIsLogged(string key, string level, bool expected)
        => Assert.Equal(expected, await ActivityStartedAsync(builder => builder.AddServiceDefaults("test"), key, level));

    [Fact]
    public async Task WithoutServiceDefaults_AnythingLogged_ActivityStarted()
        => Assert.True(await ActivityStartedAsync(_ => { }, "Logging:LogLevel:Default", "Critical"));

    [Fact]
    public void AddServiceDefaults_NoEndpoint_RegistersNoTelemetry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults("test");
        Assert.DoesNotContain(builder.Services, service => service.ServiceType.Assembly.GetName().Name!.StartsWith("OpenTelemetry"));
        Assert.DoesNotContain(builder.Services, service => service.ImplementationType?.Assembly.GetName().Name!.StartsWith("OpenTelemetry") == true);
    }

    [Fact]
    public void AddServiceDefaults_Endpoint_RegistersTelemetry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317";
        builder.AddServiceDefaults("test");
        Assert.Contains(builder.Services, service => service.ServiceType == typeof(TracerProvider));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExcludeRequestsFromTelemetry_ListenersInTheProcess_SeeNoRequest(bool excluded)
    {
        var seen = new ConcurrentDictionary<string, byte>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => seen.TryAdd(activity.Source.Name, 0),
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel")
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => seen.TryAdd(instrument.Meter.Name, 0));
        meters.SetMeasurementEventCallback<long>((instrument, _, _, _) => seen.TryAdd(instrument.Meter.Name, 0));
        meters.Start();

        await ActivityStartedAsync(
            builder =>
            {
                if (excluded)
                    builder.ExcludeRequestsFromTelemetry();
            },
            "Logging:LogLevel:Default",
            "Information");

        Assert.Equal(
            excluded ? [] : ["Microsoft.AspNetCore", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"],
            seen.Keys.Order());
    }

    /// <summary>Whether the handler of a request saw its own activity.</summary>
    private static async Task<bool> ActivityStartedAsync(Action<WebApplicationBuilder> configure, string key, string level)
    {
        var cancel = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration[key] = level;
        builder.Logging.ClearProviders().AddProvider(new SilentLoggers());
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure(builder);
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(Activity.Current is null ? "none" : "started"));
        await app.StartAsync(cancel);
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        var answer = await client.GetStringAsync(app.Urls.Single(), cancel);
        await app.StopAsync(cancel);
        return answer == "started";
    }

    [ProviderAlias("Console")]
    private sealed class SilentLoggers : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new SilentLogger();

        public void Dispose()
        {
        }
    }

    private sealed class SilentLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
