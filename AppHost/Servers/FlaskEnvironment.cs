namespace AspireLB.AppHost.Servers;

/// <summary>Makes backends/.venv with Flask in it, where no Python of this machine has Flask. The dashboard shows both steps.</summary>
internal static class FlaskEnvironment
{
    public const string Name = "flask-environment";
    public const string InstallName = "flask-install";

    /// <returns>What the servers have to wait for.</returns>
    public static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, string python, string directory)
    {
        // A half-made environment of an earlier attempt is cleared.
        var environment = builder.AddExecutable(Name, python, directory, "-m", "venv", "--clear", ".venv");
        return builder.AddExecutable(InstallName, Python.InEnvironment(directory), directory,
                "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "1", "-r", "requirements.txt")
            .WaitForCompletion(environment);
    }

    /// <summary>What to do where one of the steps fails.</summary>
    public const string Advice =
        "No Python here has Flask, and it could not be installed. Install it with `python3 -m pip install -r backends/requirements.txt`, " +
        "set PYTHON to the path of a Python that has it, or run the servers as containers with `-- --Backends:Run=container`.";
}
