using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace AspireLB.Balancing.Model;

/// <summary>SecretText finds and masks secrets within a text, such as <c>http://user:password@host/health?token=…</c>.</summary>
internal static partial class SecretText
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Mask = "***";

    /// <summary>The text with its secrets masked.</summary>
    public static string Masked(string text) => text.AsSpan().ContainsAny('@', '=') ? MaskedWithin(text) : text;

    /// <summary>Whether the text has a secret, even one that is already masked.</summary>
    public static bool HasSecret(string text) => UserInfo().IsMatch(text) || Parameter().Matches(text).Any(IsSecretParameter);

    /// <summary>Whether the text is credentials as a header carries them: <c>Bearer …</c>, <c>Basic …</c> (RFC 9110 §11.4).</summary>
    public static bool IsCredentials(string text) => Credentials().IsMatch(text);

    private static bool IsSecretParameter(Match parameter) => SecretName.IsSecret(Uri.UnescapeDataString(parameter.Groups["name"].Value));

    // A separate method, so that most processes never load the regular expression library.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string MaskedWithin(string text)
    {
        var masked = text.Contains('@') ? UserInfo().Replace(text, Mask + "@") : text;
        return masked.Contains('=')
            ? Parameter().Replace(
                masked, parameter => IsSecretParameter(parameter) ? parameter.Groups["name"].Value + "=" + Mask : parameter.Value)
            : masked;
    }

    [GeneratedRegex(@"(?<=://)[^/?#\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<=[?&])(?<name>[^=&#\s]+)=[^&#\s]*", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(
        @"^\s*(bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\s+\S", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();
}
