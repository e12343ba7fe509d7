namespace AspireLB.AppHost.Servers;

/// <summary>Creates backends/.venv with Flask if no Python on this machine has Flask. The dashboard shows both steps.</summary>
internal static class FlaskEnvironment
{
    public const string Name = "flask-environment";
    public const string InstallName = "flask-install";

    /// <returns>The resource that the servers must wait for.</returns>
    public static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, string python, string directory)
    {
        // --clear removes an incomplete environment left by an earlier attempt.
        var environment = builder.AddExecutable(Name, python, directory, "-m", "venv", "--clear", ".venv");
        return builder.AddExecutable(InstallName, Python.InEnvironment(directory), directory,
                "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "1", "-r", "requirements.txt")
            .WaitForCompletion(environment);
    }

    /// <summary>What the user can do if one of the steps fails.</summary>
    public const string Advice =
        "No Python here has Flask, and it could not be installed. Install it with `python3 -m pip install -r backends/requirements.txt`, " +
        "set PYTHON to the path of a Python that has it, or run the servers as containers with `-- --Backends:Run=container`.";
}
