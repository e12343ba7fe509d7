using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Splits and checks lists of listen addresses, separated by semicolons as in Kestrel's configuration.</summary>
internal static class BindingAddresses
{
    public static IEnumerable<string> Split(string urls) => urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static void Check(string key, string urls, ICollection<ConfigurationError> errors)
    {
        if (!Split(urls).Any())
            errors.Add(new(key, urls, Expected));
        foreach (var url in Split(urls).Where(url => !IsValid(url)))
            errors.Add(new(key, url, Expected));
    }

    private const string Expected = "expected: addresses to listen on, such as http://localhost:8080 or http://*:80;https://*:443";

    private static bool IsValid(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && (address.IsUnixPipe || address.Port is >= 0 and <= 65535);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
