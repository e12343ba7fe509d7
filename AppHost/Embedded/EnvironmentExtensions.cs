namespace AspireLB.AppHost.Embedded;

/// <summary>Describes what a resource is handed when it starts.</summary>
internal static class EnvironmentExtensions
{
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value) where T : IResourceWithEnvironment
    {
        builder.Resource.Description.Environment[name] = value ?? "";
        return builder;
    }

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args) where T : IResourceWithArgs
    {
        builder.Resource.Description.Arguments.AddRange(args);
        return builder;
    }

    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder) where T : IResourceWithEnvironment
    {
        builder.Resource.Description.Otlp = new OtlpExporter(null);
        return builder;
    }

    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol) where T : IResourceWithEnvironment
    {
        builder.Resource.Description.Otlp = new OtlpExporter(protocol);
        return builder;
    }
}
