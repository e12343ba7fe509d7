namespace AspireLB.AppHost.Embedded.Running;

/// <summary>What the host says when everything is up: where to find it.</summary>
internal static class Addresses
{
    public static IEnumerable<string> List(IReadOnlyList<IResource> resources)
    {
        var width = resources.Max(resource => resource.Name.Length);
        yield return "everything is up:";
        foreach (var resource in resources.OrderBy(IsEntrance))
        {
            foreach (var endpoint in resource.Description.Endpoints)
                yield return $"  {resource.Name.PadRight(width)}  {endpoint.Url}{(endpoint.DisplayText is { } text ? $"  {text}" : "")}";
        }
        if (resources.SelectMany(resource => resource.Description.Endpoints).FirstOrDefault(endpoint => endpoint.IsExternal) is { } entrance)
            yield return $"try: curl {entrance.Url}/    stop: Ctrl+C";
    }

    private static bool IsEntrance(IResource resource) => resource.Description.Endpoints.Any(endpoint => endpoint.IsExternal);
}
