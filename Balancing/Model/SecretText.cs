using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace AspireLB.Balancing.Model;

/// <summary>Secrets within a text that has others besides: <c>http://user:password@host/health?token=…</c>.</summary>
internal static partial class SecretText
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary>The text with masks in their place.</summary>
    public static string Masked(string text) => text.AsSpan().ContainsAny('@', '=') ? MaskedWithin(text) : text;

    /// <summary>Whether the text has any, be they masked already.</summary>
    public static bool HasSecret(string text) =>
        UserInfo().IsMatch(text) || Parameter().Matches(text).Any(parameter => SecretName.IsSecret(Uri.UnescapeDataString(parameter.Groups["name"].Value)));

    /// <summary>Whether the text is a header's way to carry one: <c>Bearer …</c>, <c>Basic …</c> (RFC 9110 §11.4).</summary>
    public static bool IsCredentials(string text) => Credentials().IsMatch(text);

    // By itself, so that most processes never load what regular expressions are made of.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string MaskedWithin(string text)
    {
        var masked = text.Contains('@') ? UserInfo().Replace(text, Mask + "@") : text;
        return masked.Contains('=') ? Parameter().Replace(masked, parameter => SecretName.IsSecret(Uri.UnescapeDataString(parameter.Groups["name"].Value))
            ? parameter.Groups["name"].Value + "=" + Mask
            : parameter.Value) : masked;
    }

    [GeneratedRegex(@"(?<=://)[^/?#\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<=[?&])(?<name>[^=&#\s]+)=[^&#\s]*", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\s*(bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\s+\S", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();
}
