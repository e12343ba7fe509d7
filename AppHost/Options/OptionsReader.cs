using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Options;

/// <summary>Reads <see cref="AppHostOptions"/> strictly: for each mistake, a sentence names the key, the value and what is allowed.</summary>
internal sealed class OptionsReader(IConfiguration configuration)
{
    private const int HighestPort = 65535;
    private static readonly string[] Backends = ["Count", "Port", "Ports", "Run", "BuildArgs"];
    private static readonly string[] Containers = ["Engine", "BuildFlags", "KeepImage"];
    private static readonly string[] OwnLoadBalancerKeys = ["LoadBalancer", "LoadBalancer:Port", "LoadBalancer:AdminPort"];

    private readonly List<string> _mistakes = [];

    /// <summary>One sentence per mistake; empty if the options are valid.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    public AppHostOptions Read()
    {
        RefuseUnknown("Backends", Backends);
        RefuseUnknown("Containers", Containers);

        var options = new AppHostOptions
        {
            BackendPorts = ReadBackendPorts(),
            LoadBalancerPort = Number("LoadBalancer:Port", AppHostOptions.DefaultLoadBalancerPort, 1, HighestPort),
            AdminPort = Number("LoadBalancer:AdminPort", AppHostOptions.DefaultAdminPort, 1, HighestPort),
            Run = ReadRun(),
            LoadBalancerSettings = ReadLoadBalancerSettings(),
            BuildArguments = configuration.GetSection("Backends:BuildArgs").GetChildren().ToDictionary(c => c.Key, c => c.Value ?? ""),
            Engine = ReadEngine(),
            BuildFlags = (configuration["Containers:BuildFlags"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            KeepImage = ReadSwitch("Containers:KeepImage"),
            DashboardPort = configuration["Dashboard:Port"] is null ? null : Number("Dashboard:Port", LaunchDefaults.DashboardPort, 1, HighestPort),
        };
        if (_mistakes.Count == 0)
            RefuseRepeatedPorts(options);
        return options;
    }

    private IReadOnlyList<int> ReadBackendPorts()
    {
        var ports = configuration.GetSection("Backends:Ports");
        if (ports.Exists())
            return ReadIndividualPorts(ports);

        var count = Number("Backends:Count", AppHostOptions.DefaultCount, 1, AppHostOptions.HighestCount);
        var first = Number("Backends:Port", AppHostOptions.DefaultFirstPort, 1, HighestPort);
        if (first + count - 1 > HighestPort)
            _mistakes.Add($"Backends:Port is {first}, which leaves no room for {count} servers: it must be at most {HighestPort - count + 1}.");
        return [.. Enumerable.Range(first, count)];
    }

    private int[] ReadIndividualPorts(IConfigurationSection section)
    {
        if (configuration["Backends:Port"] is not null)
            _mistakes.Add("Backends:Port and Backends:Ports are both set: leave one of them out.");

        var texts = section.Value is { } list
            ? list.Split(',', StringSplitOptions.TrimEntries)
            : [.. section.GetChildren().Select(child => child.Value ?? "")];
        if (texts.Length > AppHostOptions.HighestCount)
            _mistakes.Add($"Backends:Ports names {texts.Length} ports: at most {AppHostOptions.HighestCount} are allowed.");
        var count = Number("Backends:Count", texts.Length, 1, AppHostOptions.HighestCount);
        if (count != texts.Length)
            _mistakes.Add($"Backends:Count is {count} but Backends:Ports names {texts.Length}: make them agree, or leave Backends:Count out.");
        return [.. texts.Select(text => Parse("Backends:Ports", text, 1, HighestPort) ?? 0)];
    }

    /// <summary>The balancer checks these settings itself, just as strictly.</summary>
    private Dictionary<string, string> ReadLoadBalancerSettings()
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["LoadBalancer:Health:Active:Path"] = "/health" };
        foreach (var (key, value) in configuration.GetSection("LoadBalancer").AsEnumerable())
        {
            if (value is not null && !OwnLoadBalancerKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
                settings[key] = value;
        }
        return settings;
    }

    private BackendRun ReadRun()
    {
        var text = configuration["Backends:Run"];
        switch (text?.ToLowerInvariant())
        {
            case "container":
                return BackendRun.Container;
            case "process":
                return BackendRun.Process;
            case not null:
                _mistakes.Add($"Backends:Run is \"{text}\": it must be container or process.");
                break;
        }
        return BackendRun.Auto;
    }

    /// <summary>Aspire's own variable applies if our option is not set.</summary>
    private string? ReadEngine()
    {
        var text = configuration["Containers:Engine"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"];
        if (text is not (null or "" or "docker" or "podman"))
            _mistakes.Add($"Containers:Engine is \"{text}\": it must be docker or podman.");
        return text is "" ? null : text;
    }

    private bool ReadSwitch(string key)
    {
        if (configuration[key] is not { } text)
            return false;
        if (!bool.TryParse(text, out var value))
            _mistakes.Add($"{key} is \"{text}\": it must be true or false.");
        return value;
    }

    private int Number(string key, int otherwise, int lowest, int highest) =>
        configuration[key] is { } text ? Parse(key, text, lowest, highest) ?? otherwise : otherwise;

    private int? Parse(string key, string text, int lowest, int highest)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
            return number;
        _mistakes.Add($"{key} is \"{text}\": it must be a whole number from {lowest} to {highest}.");
        return null;
    }

    private void RefuseUnknown(string section, string[] known)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                _mistakes.Add($"{section}:{child.Key} is not an option: {section} has {string.Join(", ", known)}.");
        }
    }

    private void RefuseRepeatedPorts(AppHostOptions options)
    {
        foreach (var port in PortUse.Of(options).GroupBy(use => use.Port).Where(uses => uses.Count() > 1))
        {
            var owners = string.Join(" and ", port.Select(use => use.Owner));
            _mistakes.Add($"Port {port.Key} is given to {owners}: change one with {string.Join(" or ", port.Select(use => use.Option).Distinct())}.");
        }
    }
}
