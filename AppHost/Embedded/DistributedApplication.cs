using AspireLB.AppHost.Embedded.Running;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Embedded;

/// <summary>
/// The application that AppHost.cs describes, run without Aspire: each resource as a process or container of this machine.
/// The names in this folder are those of Aspire's app model, as far as AppHost.cs uses it.
/// </summary>
internal sealed class DistributedApplication(IReadOnlyList<IResource> resources, IConfiguration configuration)
{
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            return new DistributedApplicationBuilder(args, DistributedApplicationBuilder.ProjectDirectory);
        }
        catch (PrerequisiteException problem)
        {
            ConsoleLog.ForConsole().Fail(problem.Message);
            Environment.Exit(ExitStatus.BadConfiguration);
            throw;
        }
    }

    /// <summary>Runs until Ctrl+C, SIGTERM or SIGHUP; sets <see cref="Environment.ExitCode"/>.</summary>
    public void Run() => Environment.ExitCode = RunAsync().GetAwaiter().GetResult();

    private async Task<int> RunAsync()
    {
        var time = TimeProvider.System;
        var log = ConsoleLog.ForConsole();
        using var signals = new StopSignals(time);
        using var ended = new CancellationTokenSource();
        var parent = ParentEnd.WaitAsync(time, ended.Token).ContinueWith(_ => signals.Request(), TaskContinuationOptions.OnlyOnRanToCompletion);

        using var thread = new LaunchThread();
        using var preparation = new Preparation(configuration, log, thread, time);
        log.MakeRoomFor(resources.Select(resource => resource.Name));
        log.Say(Mode());
        var exitCode = await new ApplicationRun(resources, preparation.PrepareAsync, thread, log, time).RunAsync(signals.Stop, signals.AtOnce);

        await ended.CancelAsync();
        await parent.ContinueWith(_ => { }, TaskScheduler.Default);
        return exitCode;
    }

    private string Mode() => resources.OfType<ContainerResource>().Any()
        ? "embedded host, Flask servers as containers; as processes without --Backends:Run=container, on .NET Aspire with its dashboard with -p:UseAspire=true"
        : "embedded host, Flask servers as processes; as containers with -- --Backends:Run=container, on .NET Aspire with its dashboard with -p:UseAspire=true";
}
