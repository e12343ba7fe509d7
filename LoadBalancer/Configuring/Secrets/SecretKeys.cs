using System.Text.RegularExpressions;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring.Secrets;

/// <summary>
/// Which values of a configuration are secrets. Keys are those of configuration (<c>ReverseProxy:Routes:api:Transforms:0:Set</c>), case does not
/// matter. Of our own options those are that are declared as passwords; in YARP's sections what a header, a query parameter or an entry of
/// metadata carries whose name says so; and anywhere what a URL carries.
/// </summary>
internal static partial class SecretKeys
{
    private static readonly HashSet<string> Passwords = AdminOptions.OptionProperties.Concat(TlsOptions.OptionProperties)
        .Where(property => property.IsPassword)
        .Select(property => property.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    // Of a transform, the keys that name what its value goes to.
    private static readonly string[] Targets = ["RequestHeader", "ResponseHeader", "ResponseTrailer", "QueryValueParameter"];

    /// <summary>How a value is shown; null where there is nothing secret about it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="all">The configuration that it is part of, by key without regard to case.</param>
    public static string? Shown(string key, string value, IReadOnlyDictionary<string, string> all) =>
        IsSecret(key, value, all) ? SecretText.Mask
        : SecretText.HasSecret(value) ? SecretText.Masked(value)
        : null;

    /// <summary>
    /// What the value belongs to, whatever its place in a list is: the header that a transform sets, the parameter that a route matches. The key
    /// where the value stands in no such list.
    /// </summary>
    public static string Place(string key, IReadOnlyDictionary<string, string> all)
    {
        if (Transform().Match(key) is { Success: true } transform && TargetOf(transform.Groups["item"].Value, all) is { } target)
            return $"{transform.Groups["list"]}:{target}:{transform.Groups["name"]}";
        return MatchedValue().Match(key) is { Success: true } matched && all.TryGetValue(matched.Groups["item"].Value + ":Name", out var name)
            ? $"{matched.Groups["list"]}:{name}"
            : key;
    }

    /// <summary>Whether a header or query parameter of this name carries a secret, or the value is one by the looks of it.</summary>
    public static bool IsCarried(string carrier, string value) => SecretName.IsSecret(carrier) || SecretText.IsCredentials(value);

    private static bool IsSecret(string key, string value, IReadOnlyDictionary<string, string> all)
    {
        var name = key[(key.LastIndexOf(':') + 1)..];
        if (!key.StartsWith(ReverseProxySection.Key + ":", StringComparison.OrdinalIgnoreCase))
            return Passwords.Contains(name);
        if (Metadata().Match(key) is { Success: true } metadata)
            return SecretName.IsSecret(metadata.Groups["name"].Value);
        if (Transform().Match(key) is { Success: true } transform)
            return TargetOf(transform.Groups["item"].Value, all) is { } target && IsCarried(target[(target.IndexOf('=', StringComparison.Ordinal) + 1)..], value);
        return MatchedValue().Match(key) is { Success: true } matched && all.TryGetValue(matched.Groups["item"].Value + ":Name", out var carrier) && IsCarried(carrier, value);
    }

    private static string? TargetOf(string item, IReadOnlyDictionary<string, string> all) =>
        Targets.Select(target => all.TryGetValue($"{item}:{target}", out var name) ? $"{target}={name}" : null).FirstOrDefault(target => target is not null);

    [GeneratedRegex(@"^(?<item>(?<list>ReverseProxy:Routes:.+:Transforms):\d+):(?<name>Set|Append)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Transform();

    [GeneratedRegex(@"^(?<item>(?<list>ReverseProxy:Routes:.+:Match:(Headers|QueryParameters)):\d+):Values(:\d+)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MatchedValue();

    [GeneratedRegex(@"^ReverseProxy:.+:Metadata:(?<name>.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Metadata();
}
