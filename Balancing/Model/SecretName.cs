using System.Text.RegularExpressions;

namespace AspireLB.Balancing.Model;

/// <summary>
/// SecretName tells from a name (of a header, a query parameter or a metadata entry) whether its value is a secret, to be masked for users who may
/// read the configuration. In doubt it says yes, because masking too much does no harm.
/// </summary>
internal static partial class SecretName
{
    // Anywhere in the name: X-CSRF-Token, Set-Cookie, Proxy-Authorization, clientSecret, apikey.
    private static readonly string[] Parts =
    [
        "authorization", "cookie", "token", "secret", "password", "passwd", "passphrase", "passcode", "credential", "signature", "bearer",
        "apikey", "accesskey", "privatekey", "jwt",
    ];

    // As a separate word: X-Auth, but not X-Author.
    private static readonly string[] Words = ["auth", "pwd", "pass", "sig", "sas", "sid", "hmac", "otp", "pin", "session", "sessionid"];

    // As the last word: X-Api-Key, Ocp-Apim-Subscription-Key, but not Key-Version.
    private static readonly string[] LastWords = ["key", "keys"];

    public static bool IsSecret(string name)
    {
        var words = Word().Matches(name).Select(word => word.Value.ToLowerInvariant()).ToArray();
        var joined = string.Concat(words);
        return words.Length > 0
            && (Parts.Any(part => joined.Contains(part, StringComparison.Ordinal))
                || words.Any(Words.Contains)
                || LastWords.Contains(words[^1]));
    }

    // Words are separated by capitals and by characters other than letters and digits.
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
