using System.Text.RegularExpressions;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring.Secrets;

/// <summary>
/// Decides which configuration values are secrets. Keys are configuration keys (<c>ReverseProxy:Routes:api:Transforms:0:Set</c>), compared
/// case-insensitively. Of AspireLB's own options, those declared as passwords are secret. In YARP's sections, the values of headers, query
/// parameters and metadata with a secret's name are. Credentials in a URL are secret anywhere.
/// </summary>
internal static partial class SecretKeys
{
    private static readonly HashSet<string> Passwords = AdminOptions.OptionProperties.Concat(TlsOptions.OptionProperties)
        .Where(property => property.IsPassword)
        .Select(property => property.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    // The keys of a transform that name the field or parameter it sets.
    private static readonly string[] Targets = ["RequestHeader", "ResponseHeader", "ResponseTrailer", "QueryValueParameter"];

    /// <summary>The masked form of a value; null if it contains no secret.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="all">The configuration it is part of, by case-insensitive key.</param>
    public static string? Shown(string key, string value, IReadOnlyDictionary<string, string> all) =>
        IsSecret(key, value, all) ? SecretText.Mask
        : SecretText.HasSecret(value) ? SecretText.Masked(value)
        : null;

    /// <summary>
    /// Identifies what a value belongs to, independent of its index in a list: the header that a transform sets, or the parameter that a route
    /// matches. The key itself for values outside such lists.
    /// </summary>
    public static string Place(string key, IReadOnlyDictionary<string, string> all)
    {
        if (Transform().Match(key) is { Success: true } transform && TargetOf(transform.Groups["item"].Value, all) is { } target)
            return $"{transform.Groups["list"]}:{target}:{transform.Groups["name"]}";
        return MatchedValue().Match(key) is { Success: true } matched && all.TryGetValue(matched.Groups["item"].Value + ":Name", out var name)
            ? $"{matched.Groups["list"]}:{name}"
            : key;
    }

    /// <summary>Whether a header or query parameter of this name carries a secret, or its value looks like credentials.</summary>
    public static bool IsCarried(string carrier, string value) => SecretName.IsSecret(carrier) || SecretText.IsCredentials(value);

    private static bool IsSecret(string key, string value, IReadOnlyDictionary<string, string> all)
    {
        var name = key[(key.LastIndexOf(':') + 1)..];
        if (!key.StartsWith(ReverseProxySection.Key + ":", StringComparison.OrdinalIgnoreCase))
            return Passwords.Contains(name);
        if (Metadata().Match(key) is { Success: true } metadata)
            return SecretName.IsSecret(metadata.Groups["name"].Value);
        if (Transform().Match(key) is { Success: true } transform)
        {
            return TargetOf(transform.Groups["item"].Value, all) is { } target
                && IsCarried(target[(target.IndexOf('=', StringComparison.Ordinal) + 1)..], value);
        }
        return MatchedValue().Match(key) is { Success: true } matched
            && all.TryGetValue(matched.Groups["item"].Value + ":Name", out var carrier)
            && IsCarried(carrier, value);
    }

    private static string? TargetOf(string item, IReadOnlyDictionary<string, string> all) =>
        Targets.Select(target => all.TryGetValue($"{item}:{target}", out var name) ? $"{target}={name}" : null)
            .FirstOrDefault(target => target is not null);

    [GeneratedRegex(
        @"^(?<item>(?<list>ReverseProxy:Routes:.+:Transforms):\d+):(?<name>Set|Append)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Transform();

    [GeneratedRegex(
        @"^(?<item>(?<list>ReverseProxy:Routes:.+:Match:(Headers|QueryParameters)):\d+):Values(:\d+)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MatchedValue();

    [GeneratedRegex(@"^ReverseProxy:.+:Metadata:(?<name>.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Metadata();
}
