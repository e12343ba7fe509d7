using System.IO.Enumeration;
using System.Text.RegularExpressions;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Computes the run-time state that results from each admin API call, after validating the call.</summary>
internal sealed partial class BackendEdits(BackendDirectory directory)
{
    public RunTimeState Change(RunTimeState state, string cluster, string name, BackendChange change)
    {
        CheckWeight(change.Weight.Value);
        return Changed(state, directory.Require(cluster, name), change.State, change.Weight);
    }

    public RunTimeState ChangeMany(RunTimeState state, BackendsChange change)
    {
        CheckWeight(change.Weight.Value);
        if (change.Select is not { Count: > 0 })
            throw new AdminFailure(StatusCodes.Status400BadRequest, "select: expected a list of {\"cluster\":…, \"name\":…}");
        return change.Select.SelectMany(Selected).Distinct()
            .Aggregate(state, (edited, backend) => Changed(edited, backend, change.State, change.Weight));
    }

    public RunTimeState Add(RunTimeState state, string cluster, string name, BackendAddition addition)
    {
        CheckWeight(addition.Weight);
        if (!Name().IsMatch(name))
            throw new AdminFailure(StatusCodes.Status400BadRequest, $"name: '{name}' is not allowed; allowed: 1 to 128 letters, digits and . _ : -");
        if (directory.RequireCluster(cluster).Destinations.ContainsKey(name))
            throw new AdminFailure(StatusCodes.Status409Conflict, $"Cluster '{cluster}' already has a backend '{name}'.");
        return state.With(new(cluster, name, addition.Address, state.For(cluster, name).IsRemoved, Weight: addition.Weight));
    }

    public RunTimeState Remove(RunTimeState state, string cluster, string name)
    {
        var backend = directory.Require(cluster, name);
        var edit = state.For(cluster, name);
        return state.With(new(backend.ClusterId, backend.Name, IsRemoved: edit.Address is null || edit.IsRemoved));
    }

    /// <summary>The given name of an added backend, or the default.</summary>
    public static string NameOf(BackendAddition addition)
    {
        if (!Uri.TryCreate(addition.Address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new AdminFailure(
                StatusCodes.Status400BadRequest,
                $"address: '{SecretText.Masked(addition.Address)}' is not allowed; {BackendUrl.Expected}");
        }
        return addition.Name ?? uri.Authority;
    }

    private static RunTimeState Changed(RunTimeState state, Backend backend, AdministrativeState? newState, NewWeight newWeight)
    {
        var edit = state.For(backend.ClusterId, backend.Name);
        return state.With(edit with { State = newState ?? edit.State, Weight = newWeight.ApplyTo(edit.Weight) });
    }

    private IEnumerable<Backend> Selected(BackendSelector selector)
    {
        var selected = directory.All.Where(backend => Fits(selector.Cluster, backend.ClusterId) && Fits(selector.Name, backend.Name)).ToList();
        return selected.Count > 0 ? selected : throw new AdminFailure(
            StatusCodes.Status404NotFound,
            $"No backend matches '{selector.Cluster}/{selector.Name}'; nothing was changed.");
    }

    private static bool Fits(string? pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern ?? "", text);

    private static void CheckWeight(int? weight)
    {
        if (weight is < 1 or > BackendWeight.Maximum)
            throw new AdminFailure(StatusCodes.Status400BadRequest, $"weight: '{weight}' is not allowed; allowed: 1 to {BackendWeight.Maximum}");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:\[\]-]{1,128}\z")]
    private static partial Regex Name();
}
