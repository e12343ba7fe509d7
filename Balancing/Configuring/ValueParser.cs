using System.Globalization;

namespace AspireLB.Balancing.Configuring;

/// <summary>Parses configuration text into the types of options, in the invariant culture.</summary>
internal static class ValueParser
{
    /// <returns>False if the text is invalid; <paramref name="expected"/> then describes what is valid.</returns>
    public static bool TryParse(IConfigurationSection section, Type type, out object? value, out string expected)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        if (type == typeof(string[]))
            return Succeed(Texts(section), out value, out expected);
        if (type.IsArray)
            return TryParseNumbers(section, out value, out expected);

        if (section.GetChildren().Any())
            return Fail("a single value", out value, out expected);

        if (string.IsNullOrEmpty(section.Value) && (underlying is not null || type == typeof(string)))
            return Succeed(type == typeof(string) ? section.Value : null, out value, out expected);

        return TryParse(section.Value ?? "", underlying ?? type, out value, out expected);
    }

    private static bool TryParse(string text, Type type, out object? value, out string expected)
    {
        if (type == typeof(string))
            return Succeed(text, out value, out expected);
        if (type == typeof(bool))
            return bool.TryParse(text, out var flag) ? Succeed(flag, out value, out expected) : Fail("true or false", out value, out expected);
        if (type == typeof(int))
        {
            return int.TryParse(text, CultureInfo.InvariantCulture, out var whole)
                ? Succeed(whole, out value, out expected)
                : Fail("a whole number", out value, out expected);
        }
        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? Succeed(number, out value, out expected)
                : Fail("a number", out value, out expected);
        }
        if (type == typeof(TimeSpan))
        {
            return TryParseDuration(text, out var span)
                ? Succeed(span, out value, out expected)
                : Fail("a time as hh:mm:ss, such as 00:00:05 or 00:00:00.250", out value, out expected);
        }
        throw new NotSupportedException($"options of type {type} can't be read");
    }

    // TimeSpan.Parse reads "5" as five days and "0:05" as five minutes, which is rarely intended.
    private static bool TryParseDuration(string text, out TimeSpan span)
    {
        span = default;
        return text.AsSpan().Count(':') == 2 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out span);
    }

    private static bool TryParseNumbers(IConfigurationSection section, out object? value, out string expected)
    {
        var texts = Texts(section);
        var numbers = new int[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!int.TryParse(texts[i], CultureInfo.InvariantCulture, out numbers[i]))
                return Fail($"a list of whole numbers ('{texts[i]}' is not one)", out value, out expected);
        }

        return Succeed(numbers, out value, out expected);
    }

    // Accept a list, or one comma-separated string.
    private static string[] Texts(IConfigurationSection section) => section.Value is { } list
        ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. section.GetChildren().Select(child => child.Value ?? "")];

    private static bool Succeed(object? parsed, out object? value, out string expected)
    {
        (value, expected) = (parsed, "");
        return true;
    }

    private static bool Fail(string wanted, out object? value, out string expected)
    {
        (value, expected) = (null, "expected: " + wanted);
        return false;
    }
}
