using System.Collections.Concurrent;
using System.Diagnostics;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>
/// Starts processes from one thread that lives as long as the host. Children that want to end with the host ask Linux for a signal at
/// their parent's death (prctl(2), PR_SET_PDEATHSIG), and the parent is the thread that started them: on a thread of the pool, which comes and goes, they would end too early.
/// </summary>
internal sealed class LaunchThread : IDisposable
{
    private readonly BlockingCollection<Action> _starts = [];

    public LaunchThread() => new Thread(Work) { Name = "Launch", IsBackground = true }.Start();

    public Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception problem)
            {
                started.SetException(problem);
            }
        });
        return started.Task;
    }

    public void Dispose() => _starts.CompleteAdding();

    private void Work()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
            start();
        _starts.Dispose();
    }
}
