using System.Reflection;
using System.Text;
using System.Text.Json;
using AspireLB.LoadBalancer.Memory;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>
/// Settings that .NET reads by name and, where it does not know the name, ignores without a word. A name that a version drops is no longer in the
/// file that read it.
/// </summary>
public sealed class SettingsTests
{
    private static readonly string Runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    [Theory]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0", "System.Private.CoreLib")]
    [InlineData("Microsoft.Extensions.DependencyInjection.DisableDynamicEngine", "True", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", "True", "Microsoft.AspNetCore.Server.Kestrel.Core")]
    [InlineData("System.GC.Gen0MaxBudget", "524288", "coreclr")]
    [InlineData("System.GC.Server", "False", "coreclr")]
    [InlineData("System.Runtime.TieredPGO", "False", "coreclr")]
    public void Setting_OfTheProgram_IsGivenAndKnown(string name, string value, string reader)
    {
        Assert.Equal(value, GivenToTheProgram(name));
        AssertKnown(name, reader);
    }

    /// <summary>Ours, read by <see cref="CompilerMemory"/>.</summary>
    [Fact]
    public void SwitchOfCompilerMemory_IsGiven() => Assert.Equal("True", GivenToTheProgram(CompilerMemory.Switch));

    /// <summary>Set by code where telemetry is exported: on from .NET 11 on, unless it is said otherwise.</summary>
    [Fact]
    public void SwitchOfServerSpanTags_IsKnown() =>
        AssertKnown("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", "Microsoft.AspNetCore.Hosting");

    private static string GivenToTheProgram(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(LoadBalancerProcess.Assembly, ".runtimeconfig.json")));
        return file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(name).ToString();
    }

    private static void AssertKnown(string name, string reader)
    {
        var bytes = File.ReadAllBytes(reader == "coreclr" ? NativeRuntime() : Assembly.Load(reader).Location).AsSpan();
        var isKnown = bytes.IndexOf(Encoding.ASCII.GetBytes(name)) >= 0 || bytes.IndexOf(Encoding.Unicode.GetBytes(name)) >= 0;
        Assert.True(isKnown, $"{reader} does not know {name}");
    }

    private static string NativeRuntime() => Path.Combine(
        Runtime, OperatingSystem.IsWindows() ? "coreclr.dll" : OperatingSystem.IsMacOS() ? "libcoreclr.dylib" : "libcoreclr.so");
}
