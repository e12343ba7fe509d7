using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace AspireLB.LoadBalancer.Benchmarks;

internal static class Program
{
    // The default of two minutes is not enough on a small machine.
    private static readonly IConfig Config = ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10));

    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, Config);
}
