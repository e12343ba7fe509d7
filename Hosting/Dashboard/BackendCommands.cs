using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;

namespace AspireLB.Hosting.Dashboard;

/// <summary>Adds the commands Drain, Enable and Weight to a backend's row. With replicas, a command acts on the replica of that row.</summary>
internal static class BackendCommands
{
    private const string Weight = "weight";
    private const string Weights = "A whole number from 1 to 1000.";

    private delegate Task Call(AdminClient admin, string cluster, string name, CancellationToken cancellation);

    public static void AddCommands(this IResourceBuilder<IResourceWithEndpoints> backend, BalancedByAnnotation by)
    {
        backend.WithCommand("drain", "Drain",
            context => RunAsync(context, backend.Resource, by, (admin, cluster, name, stopping) => admin.DrainAsync(cluster, name, stopping)),
            Options("Requests in flight finish; new ones go to the other backends.", "PlugDisconnected"));
        backend.WithCommand("enable", "Enable",
            context => RunAsync(context, backend.Resource, by, (admin, cluster, name, stopping) => admin.EnableAsync(cluster, name, stopping)),
            Options("Gives the backend its share of the requests again.", "PlugConnected"));

        var weight = Options("Changes the backend's share of the requests relative to the others.", "Scales");
        weight.Arguments =
        [
            new InteractionInput { Name = Weight, Label = "Weight", Description = Weights, InputType = InputType.Number, Required = true },
        ];
        weight.ValidateArguments = Validate;
        backend.WithCommand("set-weight", "Weight", context => SetWeightAsync(context, backend.Resource, by), weight);
    }

    private static CommandOptions Options(string description, string icon) =>
        new() { Description = description, IconName = icon, UpdateState = StateOf };

    private static ResourceCommandState StateOf(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static Task Validate(InputsDialogValidationContext context)
    {
        if (context.Inputs.TryGetByName(Weight, out var input) && Parse(input.Value) is null)
            context.AddValidationError(input, Weights);
        return Task.CompletedTask;
    }

    private static Task<ExecuteCommandResult> SetWeightAsync(ExecuteCommandContext context, IResource resource, BalancedByAnnotation by) =>
        context.Arguments.TryGetByName(Weight, out var input) && Parse(input.Value) is { } weight
            ? RunAsync(context, resource, by, (admin, cluster, name, stopping) => admin.SetWeightAsync(cluster, name, weight, stopping))
            : Task.FromResult(CommandResults.Failure(Weights));

    private static int? Parse(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight is >= 1 and <= 1000 ? weight : null;

    // The same backend may be in several clusters, and behind several balancers: apply the change to all of them.
    private static async Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context, IResource resource, BalancedByAnnotation by, Call call)
    {
        var name = BackendInstance.NameOf(resource, context.ResourceName);
        try
        {
            foreach (var balancer in by.Balancers)
            {
                var admin = new AdminClient(balancer);
                foreach (var (cluster, _) in balancer.Clusters.Backends.Where(entry => entry.Backend.Resource == resource))
                    await call(admin, cluster.Id, name, context.CancellationToken);
            }

            return CommandResults.Success();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or InvalidOperationException)
        {
            return CommandResults.Failure($"The balancer did not do it: {exception.Message}");
        }
    }
}
