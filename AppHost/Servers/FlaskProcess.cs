namespace AspireLB.AppHost.Servers;

/// <summary>A Flask server as an ordinary executable: the default, which needs no package.</summary>
internal static class FlaskProcess
{
    public static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, string name, string python, string directory) =>
        builder.AddExecutable(name, python, directory, "server.py");
}
