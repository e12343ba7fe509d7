using System.Text.Encodings.Web;
using System.Text.Json;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Commands;

/// <summary>Implements <c>check</c>, <c>diff</c> and <c>schema</c>, which examine a configuration without running the balancer.</summary>
internal static class ConfigurationCommands
{
    /// <summary>Prints the effective configuration of a file.</summary>
    /// <exception cref="InvalidConfigurationException">The file has errors.</exception>
    public static async Task<int> CheckAsync(string[] arguments)
    {
        Console.WriteLine(EffectiveText.Print(await ReadAsync(FileIn(arguments, "check"))));
        return 0;
    }

    /// <summary>Prints what a file would change for a balancer that runs with the configuration of this directory and environment.</summary>
    /// <exception cref="InvalidConfigurationException">Either configuration has errors.</exception>
    public static async Task<int> DiffAsync(string[] arguments)
    {
        var current = await ConfigurationReader.Create().ReadAsync(Current());
        var lines = ConfigurationDiff.Between(current, await ReadAsync(FileIn(arguments, "diff")));
        Console.WriteLine(lines.Count == 0 ? "no changes" : string.Join(Environment.NewLine, lines));
        return 0;
    }

    public static int PrintSchema()
    {
        var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        Console.WriteLine(OptionsSchema.Build().ToJsonString(options));
        return 0;
    }

    /// <summary>The configuration that a balancer started here without options would read.</summary>
    public static IConfigurationRoot Current() => new ConfigurationBuilder()
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddEnvironmentVariables("DOTNET_")
        .AddEnvironmentVariables()
        .Build();

    private static string FileIn(string[] arguments, string command)
    {
        if (arguments is not [var file])
            throw new InvalidConfigurationException([new(command, null, $"expected: one file, as in LoadBalancer {command} appsettings.json")]);
        return File.Exists(file) ? file : throw new InvalidConfigurationException([new(command, file, "there is no such file")]);
    }

    private static Task<EffectiveConfiguration> ReadAsync(string file) =>
        ConfigurationReader.Create().ReadAsync(new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file)).Build());
}
