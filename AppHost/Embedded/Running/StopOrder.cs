namespace AspireLB.AppHost.Embedded.Running;

/// <summary>The order in which resources stop: the reverse of the order in which they may start.</summary>
internal static class StopOrder
{
    /// <summary>Groups to stop one after the other; within a group all at once. Whoever waits for another at the start stops before it.</summary>
    public static IReadOnlyList<IReadOnlyList<IResource>> Of(IReadOnlyList<IResource> resources)
    {
        var remaining = resources.ToList();
        var groups = new List<IReadOnlyList<IResource>>();
        while (remaining.Count > 0)
        {
            var needed = remaining.SelectMany(resource => resource.Description.WaitsFor).ToHashSet();
            IReadOnlyList<IResource> free = [.. remaining.Where(resource => !needed.Contains(resource))];
            if (free.Count == 0)
                throw new InvalidOperationException($"{string.Join(", ", remaining.Select(resource => resource.Name))} wait for each other.");
            groups.Add(free);
            remaining.RemoveAll(free.Contains);
        }
        return groups;
    }
}
