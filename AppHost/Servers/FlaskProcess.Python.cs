using Aspire.Hosting.Python;

namespace AspireLB.AppHost.Servers;

/// <summary>A Flask server as a resource of Aspire.Hosting.Python, which editors can debug: -p:UsePythonHosting=true.</summary>
internal static class FlaskProcess
{
    /// <summary>The caller has already found a Python with Flask; if there was none, a separate resource creates the environment.</summary>
    public static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, string name, string python, string directory) =>
        builder.AddPythonApp(name, directory, "server.py")
            .WithVirtualEnvironment(".venv", createIfNotExists: false)
            .WithPip(install: false)
            .WithCommand(python);
}
