using AspireLB.AppHost.Servers;
using AspireLB.AppHost.Tests.EndToEnd;

namespace AspireLB.AppHost.Tests.Servers;

/// <summary>Tests the choice of a Python interpreter. Shell scripts stand in for interpreters.</summary>
public sealed class PythonTests : IDisposable
{
    private readonly Scripts _scripts = new();

    [Fact]
    public async Task Find_NamedOneHasFlask_IsTaken()
    {
        var (python, _) = await Python.FindAsync(_scripts.Folder, _scripts.Add("named", "echo /opt/python"));

        Assert.Equal(new Python("/opt/python", HasFlask: true), python);
    }

    [Fact]
    public async Task Find_VirtualEnvironmentHasFlask_IsTakenBeforeOthers()
    {
        _scripts.Add(".venv/bin/python", "echo /app/.venv/bin/python");

        var (python, _) = await Python.FindAsync(_scripts.Folder, named: null);

        Assert.Equal("/app/.venv/bin/python", python?.Path);
    }

    [Fact]
    public async Task Find_NoFlask_SaysThatItHasNone()
    {
        var (python, _) = await Python.FindAsync(_scripts.Folder, _scripts.Add("named", "echo /opt/python; exit 3"));

        Assert.Equal(new Python("/opt/python", HasFlask: false), python);
    }

    [Fact]
    public async Task Find_TooOld_SaysWhatToDo()
    {
        var named = _scripts.Add("named", "echo /opt/python; exit 1");

        var (python, reason) = await Python.FindAsync(_scripts.Folder, named);

        Assert.Null(python);
        Assert.Equal($"PYTHON is \"{named}\", which cannot be run as a Python 3.9 or newer: set it to the path of one, or unset it.", reason);
    }

    public void Dispose() => _scripts.Dispose();
}
