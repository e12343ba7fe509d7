using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Retrying;

/// <summary>RetryAfter parses <c>Retry-After</c> (RFC 9110 §10.2.3): seconds or a date.</summary>
internal static class RetryAfter
{
    /// <summary>The longest pause that a backend may ask for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <returns>How long to pause the backend, at most <see cref="Longest"/>; zero if the field is missing, invalid or in the past.</returns>
    public static TimeSpan Parse(string? field, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(field))
            return TimeSpan.Zero;
        if (uint.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return Bounded(TimeSpan.FromSeconds(seconds));
        if (field.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            return Longest;
        return HeaderUtilities.TryParseDate(field, out var date) ? Bounded(date - now) : TimeSpan.Zero;
    }

    private static TimeSpan Bounded(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time > Longest ? Longest : time;
}
