using System.Text;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using Microsoft.Extensions.Configuration;

namespace AspireLB.LoadBalancer.Tests.Configuring;

/// <summary>Builds configurations for tests.</summary>
internal static class Settings
{
    public static IConfigurationRoot Of(params (string Key, string? Value)[] pairs) =>
        new ConfigurationBuilder().AddInMemoryCollection(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build();

    public static IConfigurationRoot Json(string json) => new ConfigurationBuilder().AddJsonStream(Stream(json)).Build();

    public static Stream Stream(string json) => new MemoryStream(Encoding.UTF8.GetBytes(json));

    /// <summary>The complete, validated configuration.</summary>
    public static Task<EffectiveConfiguration> ReadAsync(IConfiguration configuration) => ConfigurationReader.Create().ReadAsync(configuration);

    /// <summary>The errors of a configuration, one line each.</summary>
    public static async Task<string[]> ErrorsAsync(IConfiguration configuration)
    {
        var invalid = await Assert.ThrowsAsync<InvalidConfigurationException>(() => ReadAsync(configuration));
        return [.. invalid.Errors.Select(error => error.ToString())];
    }
}
