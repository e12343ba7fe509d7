using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Tests;

/// <summary>Builds application models that are never started.</summary>
internal static class TestModel
{
    public static IDistributedApplicationBuilder CreateBuilder(bool publish = false) => DistributedApplication.CreateBuilder(
        publish ? ["--operation", "publish", "--publisher", "manifest", "--output-path", Path.GetTempPath()] : []);

    public static IResourceBuilder<ContainerResource> AddWeb(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddContainer(name, "web").WithHttpEndpoint(targetPort: 80);

    /// <summary>Adds an executable behind Aspire's proxy, so that each of its processes has its own address.</summary>
    public static IResourceBuilder<ExecutableResource> AddProcess(this IDistributedApplicationBuilder builder, string name, int replicas = 1)
    {
        var process = builder.AddExecutable(name, "web", ".").WithHttpEndpoint(env: "PORT");
        return replicas == 1 ? process : process.WithAnnotation(new ReplicaAnnotation(replicas));
    }

    /// <summary>The balancer's environment, with expressions as they appear in a manifest.</summary>
    public static async Task<Dictionary<string, string>> EnvironmentAsync(this IResourceBuilder<LoadBalancerResource> balancer)
    {
        var context = new EnvironmentCallbackContext(
            balancer.ApplicationBuilder.ExecutionContext, balancer.Resource, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var annotation in balancer.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>().Where(IsOurs))
            await annotation.Callback(context);
        return context.EnvironmentVariables.ToDictionary(
            variable => variable.Key,
            variable => variable.Value is IManifestExpressionProvider expression ? expression.ValueExpression : variable.Value.ToString()!);
    }

    /// <summary>A change of an instance, as Aspire reports it.</summary>
    public static ResourceEvent News(this IResource resource, string id, string state, string? address = null, DateTime? start = null)
    {
        return new(resource, id, new CustomResourceSnapshot
        {
            ResourceType = "test",
            Properties = [],
            State = state,
            StartTimeStamp = start,
            EnvironmentVariables = address is null ? [] : [new("ASPIRELB_ADDRESS_HTTP", address, true)],
        });
    }

    // The callbacks of telemetry require a started application.
    private static bool IsOurs(EnvironmentCallbackAnnotation annotation) =>
        annotation.Callback.Target?.GetType().FullName?.Contains("Otlp", StringComparison.Ordinal) != true;
}
