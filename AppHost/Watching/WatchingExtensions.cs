using AspireLB.AppHost.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspireLB.AppHost.Watching;

/// <summary>
/// Starts the host's own tasks that run beside the resources. They begin with <see cref="BeforeStartEvent"/>, not as hosted services: those
/// start one after another, and Aspire's own does not return while a resource waits for another.
/// </summary>
internal static class WatchingExtensions
{
    /// <summary>Restarts servers and balancer after a crash, and writes to the console why they ended.</summary>
    public static void RestartCrashed(this IResourceBuilder<IResource> loadBalancer) =>
        loadBalancer.ApplicationBuilder.BeforeStart(services =>
            ActivatorUtilities.CreateInstance<Restarting>(services, TimeProvider.System, loadBalancer.Resource).RunAsync());

    /// <summary>Shows all addresses as soon as balancer and servers are healthy.</summary>
    public static void ShowAddresses(this IResourceBuilder<IResource> loadBalancer, AppHostOptions options) =>
        loadBalancer.ApplicationBuilder.BeforeStart(async services =>
        {
            var notifications = services.GetRequiredService<ResourceNotificationService>();
            var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var configuration = services.GetRequiredService<IConfiguration>();
            string[] names = [loadBalancer.Resource.Name, .. Enumerable.Range(1, options.BackendPorts.Count).Select(number => $"server-{number}")];
            try
            {
                await Task.WhenAll(names.Select(name =>
                    notifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, stopping)));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            foreach (var line in AddressTable.Lines(options, AddressTable.Dashboard(configuration)))
                Console.WriteLine(line);
        });

    /// <summary>Stopping before everything has started is not an error, although Aspire's start then throws.</summary>
    public static void RunUntilStopped(this DistributedApplication application)
    {
        var stopping = application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            application.Run();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private static void BeforeStart(this IDistributedApplicationBuilder builder, Func<IServiceProvider, Task> run) =>
        builder.Eventing.Subscribe<BeforeStartEvent>((starting, cancellation) =>
        {
            if (builder.ExecutionContext.IsRunMode)
                _ = RunAsync(run, starting.Services);
            return Task.CompletedTask;
        });

    // Nothing awaits this task, so a failure must be reported here.
    private static async Task RunAsync(Func<IServiceProvider, Task> run, IServiceProvider services)
    {
        try
        {
            await run(services);
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"The AppHost no longer watches its resources: {failure}");
        }
    }
}
