namespace AspireLB.AppHost;

/// <summary>One virtual environment for all apps of a directory.</summary>
internal static class VirtualEnvironment
{
    /// <summary>
    /// Lets the first app of a directory make the environment and the others wait for it; all at once would install into the same folder at
    /// the same time.
    /// </summary>
    public static IResourceBuilder<PythonAppResource> WithOneVirtualEnvironment(this IResourceBuilder<PythonAppResource> app)
    {
        var first = app.ApplicationBuilder.Resources.OfType<PythonAppResource>().First(other => other.WorkingDirectory == app.Resource.WorkingDirectory);
        return first == app.Resource
            ? app
            : app.WithVirtualEnvironment(".venv", createIfNotExists: false)
                .WithPip(install: false)
                .WaitFor(app.ApplicationBuilder.CreateResourceBuilder(first));
    }
}
