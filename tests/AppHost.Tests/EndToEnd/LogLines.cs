using System.Text;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Collects lines as they are written, and lets a test wait for a line.</summary>
internal sealed class LogLines : TextWriter
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Encoding Encoding => Encoding.UTF8;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public override void WriteLine(string? value)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _lines.Add(value ?? "");
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    /// <summary>Waits until a line contains <paramref name="text"/>.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                    return found;
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"No line with \"{text}\" in:\n{string.Join('\n', All)}");
            }
        }
    }
}
