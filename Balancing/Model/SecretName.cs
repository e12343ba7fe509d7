using System.Text.RegularExpressions;

namespace AspireLB.Balancing.Model;

/// <summary>
/// Whether what goes by a name (a header, a query parameter, an entry of metadata) is to be kept from those who may see the configuration. Rather one
/// too many: nobody is harmed by a mask.
/// </summary>
internal static partial class SecretName
{
    // Wherever they stand: X-CSRF-Token, Set-Cookie, Proxy-Authorization, clientSecret, apikey.
    private static readonly string[] Parts =
    [
        "authorization", "cookie", "token", "secret", "password", "passwd", "passphrase", "passcode", "credential", "signature", "bearer",
        "apikey", "accesskey", "privatekey", "jwt",
    ];

    // As a word of its own: X-Auth, but not X-Author.
    private static readonly string[] Words = ["auth", "pwd", "pass", "sig", "sas", "sid", "hmac", "otp", "pin", "session", "sessionid"];

    // As the last word: X-Api-Key, Ocp-Apim-Subscription-Key, but not Key-Version.
    private static readonly string[] LastWords = ["key", "keys"];

    public static bool IsSecret(string name)
    {
        var words = Word().Matches(name).Select(word => word.Value.ToLowerInvariant()).ToArray();
        var joined = string.Concat(words);
        return words.Length > 0 && (Parts.Any(part => joined.Contains(part, StringComparison.Ordinal)) || words.Any(Words.Contains) || LastWords.Contains(words[^1]));
    }

    // Words are set apart by anything that is no letter or digit, or by capitals.
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
