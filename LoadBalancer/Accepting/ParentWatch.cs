using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Stops the balancer when its parent process has exited: a killed host can't stop its children, and an orphaned balancer would keep its ports.
/// Enabled by the environment variable <c>EXIT_WITH_PARENT</c>: the parent's process id, or 1 for the actual parent.
/// </summary>
internal sealed partial class ParentWatch(
    int parent,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ParentWatch> logger) : BackgroundService
{
    public const string Variable = "EXIT_WITH_PARENT";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows())
            await WaitForExitAsync(stoppingToken);
        else
            await WaitForAdoptionAsync(stoppingToken);
        Log.ParentEnded(logger, parent);
        lifetime.StopApplication();
    }

    /// <summary>An orphan gets a new parent at once, even before the exit code of the old one is collected.</summary>
    private async Task WaitForAdoptionAsync(CancellationToken stoppingToken)
    {
        while (GetParentProcessId() == parent)
            await Task.Delay(Interval, time, stoppingToken);
    }

    private async Task WaitForExitAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var process = Process.GetProcessById(parent);
            await process.WaitForExitAsync(stoppingToken);
        }
        catch (ArgumentException)
        {
            // It exited before it could be watched.
        }
    }

    /// <summary>The process to watch; null if the variable requests none. Windows has no parent processes, so only an id works there.</summary>
    internal static int? ParentFrom(string? variable)
    {
        if (!int.TryParse(variable, NumberStyles.None, CultureInfo.InvariantCulture, out var parent) || parent == 0)
            return null;
        if (parent != 1)
            return parent;
        return OperatingSystem.IsWindows() ? null : GetParentProcessId();
    }

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParentProcessId();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The parent, process {Parent}, has ended: stopping", EventName = "ParentEnded")]
        public static partial void ParentEnded(ILogger logger, int parent);
    }
}

/// <summary>Registers <see cref="ParentWatch"/>.</summary>
internal static class ParentWatchExtensions
{
    /// <summary>Stops the balancer together with its parent if <c>EXIT_WITH_PARENT</c> is set.</summary>
    public static IServiceCollection AddParentWatch(this IServiceCollection services)
    {
        if (ParentWatch.ParentFrom(Environment.GetEnvironmentVariable(ParentWatch.Variable)) is not { } parent)
            return services;
        services.TryAddSingleton(TimeProvider.System);
        return services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ParentWatch>(provider, parent));
    }
}
