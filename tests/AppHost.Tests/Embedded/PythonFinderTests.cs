using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

/// <summary>Interpreters are shell scripts that answer the finder's question as the test wants.</summary>
public sealed class PythonFinderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-tests-");
    private readonly List<string> _said = [];

    public PythonFinderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the interpreters are shell scripts");

    [Fact]
    public async Task Find_NamedOneHasFlask_IsTaken() =>
        Assert.Equal("/opt/python", await FindAsync(Interpreter("named", "echo /opt/python")));

    [Fact]
    public async Task Find_VirtualEnvironmentHasFlask_IsTakenBeforeOthers()
    {
        _directory.CreateSubdirectory(".venv/bin");
        Interpreter(".venv/bin/python", "echo /app/.venv/bin/python");

        Assert.Equal("/app/.venv/bin/python", await FindAsync(named: null));
    }

    [Fact]
    public async Task Find_NamedOneIsNotThere_SaysSo()
    {
        var problem = await Assert.ThrowsAsync<PrerequisiteException>(() => FindAsync("/nowhere/python3"));

        Assert.Equal("PYTHON is \"/nowhere/python3\", which cannot be run as a Python: set it to the path of a Python 3.9 or newer, or unset it.", problem.Message);
    }

    [Fact]
    public async Task Find_NoFlaskAndNoWayToInstallIt_OneSentenceAndNothingLeft()
    {
        var python = Interpreter("named", $"if [ \"$1\" = -c ]; then echo {_directory.FullName}/named; exit 3; fi; mkdir -p .venv; echo 'no network' >&2; exit 1");

        var problem = await Assert.ThrowsAsync<PrerequisiteException>(() => FindAsync(python));

        Assert.StartsWith($"{python} has no Flask and it could not be installed (no network): run `{python} -m pip install -r ", problem.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory.FullName, ".venv")));
        Assert.Contains("has no Flask: installing", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoFlaskButItCanBeInstalled_TheNewEnvironmentIsTaken()
    {
        var python = Interpreter("named",
            $"if [ \"$1\" = -c ]; then echo {_directory.FullName}/named; exit 3; fi; mkdir -p \"$4/bin\"; printf '#!/bin/sh\\nexit 0\\n' > \"$4/bin/python\"; chmod +x \"$4/bin/python\"");

        Assert.Equal(Path.Combine(_directory.FullName, ".venv", "bin", "python"), await FindAsync(python));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<string> FindAsync(string? named) =>
        new PythonFinder(name => name == "PYTHON" ? named : null, _said.Add, TimeProvider.System).FindAsync(_directory.FullName, TestContext.Current.CancellationToken);

    private string Interpreter(string name, string script)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
