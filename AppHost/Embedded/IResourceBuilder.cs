namespace AspireLB.AppHost.Embedded;

/// <summary>A resource on its way into the application; the extension methods of this folder describe it further.</summary>
internal interface IResourceBuilder<out T> where T : IResource
{
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    T Resource { get; }
}

internal sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource) : IResourceBuilder<T> where T : IResource;
