using System.Runtime.InteropServices;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>The `dotnet` that this process runs on, which need not be the one on the PATH, if there is one.</summary>
internal static class DotNet
{
    public static string Program { get; } = Find();

    private static string Find()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var root = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        var program = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program : "dotnet";
    }
}
