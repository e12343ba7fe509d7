using System.Reflection;

namespace AspireLB.Hosting;

/// <summary>Finds the balancer's program: build/AspireLB.Hosting.targets writes its place into the AppHost.</summary>
internal static class ProgramLocation
{
    public const string MetadataKey = "AspireLBProgram";

    /// <summary>Full path; null where the AppHost does not say, or says a file that is gone.</summary>
    public static string? Find(Assembly? appHost)
    {
        var path = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == MetadataKey)?.Value;
        return File.Exists(path) ? path : null;
    }

    /// <summary>Command and arguments that run a program.</summary>
    public static (string Command, string[] Arguments) CommandFor(string program) =>
        program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ("dotnet", [program]) : (program, []);
}
