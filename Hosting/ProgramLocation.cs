using System.Reflection;

namespace AspireLB.Hosting;

/// <summary>Finds the balancer's program, whose path build/AspireLB.Hosting.targets writes into the AppHost.</summary>
internal static class ProgramLocation
{
    public const string MetadataKey = "AspireLBProgram";

    /// <summary>Full path; null if the AppHost has none, or if the file does not exist.</summary>
    public static string? Find(Assembly? appHost)
    {
        var path = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == MetadataKey)?.Value;
        return File.Exists(path) ? path : null;
    }

    /// <summary>Returns the command and the arguments that run a program.</summary>
    public static (string Command, string[] Arguments) CommandFor(string program) =>
        program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ("dotnet", [program]) : (program, []);
}
