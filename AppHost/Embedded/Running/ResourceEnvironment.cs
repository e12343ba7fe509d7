using System.Globalization;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>The environment variables a resource is started with, named and filled as Aspire does.</summary>
internal static class ResourceEnvironment
{
    /// <summary>
    /// Variables to set, over those that a process inherits. <paramref name="host"/> gives the host's own variable of a name;
    /// <paramref name="instance"/> tells this run of the resource from others in telemetry.
    /// </summary>
    public static Dictionary<string, string> For(IResource resource, Func<string, string?> host, string instance)
    {
        var description = resource.Description;
        var variables = new Dictionary<string, string>();

        if (resource is ProjectResource)
            variables["ASPNETCORE_URLS"] = string.Join(';', description.Endpoints.Where(description.EndpointsInEnvironment).Select(endpoint => endpoint.Url));
        if (resource is PythonAppResource)
            (variables["PYTHONUNBUFFERED"], variables["PYTHONUTF8"]) = ("1", "1");

        foreach (var endpoint in description.Endpoints.Where(endpoint => endpoint.Variable is not null))
        {
            var port = resource is ContainerResource ? endpoint.TargetPort ?? endpoint.Port : endpoint.Port;
            variables[endpoint.Variable!] = port.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var reference in description.References)
        {
            variables[$"services__{reference.Resource.Name}__{reference.EndpointName}__0"] = reference.Url;
            variables[$"{VariableName(reference.Resource.Name)}_{VariableName(reference.EndpointName)}"] = reference.Url;
        }

        // Projects and Python apps are given telemetry settings without asking; containers ask with WithOtlpExporter.
        if (resource is not ContainerResource || description.Otlp is not null)
            Otlp.AddTo(variables, resource, host, instance);

        foreach (var (name, value) in description.Environment)
            variables[name] = value;
        return variables;
    }

    private static string VariableName(string name) => name.ToUpperInvariant().Replace('-', '_').Replace('.', '_');
}
