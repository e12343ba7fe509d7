using Microsoft.Extensions.Configuration.Json;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>A JSON configuration source over bytes already read. Its errors name the original file.</summary>
internal sealed class FileContentSource(string file, byte[] content) : JsonStreamConfigurationSource, IConfigurationSource
{
    IConfigurationProvider IConfigurationSource.Build(IConfigurationBuilder builder)
    {
        Stream = new MemoryStream(content, writable: false);
        return new Provider(this, file);
    }

    private sealed class Provider(JsonStreamConfigurationSource source, string file) : JsonStreamConfigurationProvider(source)
    {
        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
            }
            catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException)
            {
                throw new InvalidDataException($"Failed to load configuration from file '{file}'.", exception);
            }
        }
    }
}
