using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class OptionsDefaultsTests
{
    /// <summary>Every option there is, by its path.</summary>
    public static TheoryData<string> Paths =>
        [.. Walk(new ClusterOptions(), "LoadBalancer").Concat(Walk(new AdminOptions(), "Admin")).Select(option => option.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Default_WrittenAsText_IsReadBackAndAllowed(string path)
    {
        object target = path.StartsWith("Admin", StringComparison.Ordinal) ? new AdminOptions() : new ClusterOptions();
        var option = Walk(target, path.Split(':')[0]).Single(option => option.Path == path);
        var before = option.Property.GetValue(option.Owner);
        var errors = new List<ConfigurationError>();

        OptionsReader.Read(Settings.Of((path, Text(before))).GetSection(path.Split(':')[0]), target, errors);

        Assert.Empty(errors);
        Assert.Equal(before, option.Property.GetValue(option.Owner));
        Assert.All(option.Property.GetCustomAttributes<ValidationAttribute>(), rule => Assert.NotEmpty(AllowedValues.Describe(rule)));
    }

    private static IEnumerable<(string Path, object Owner, PropertyInfo Property)> Walk(object owner, string path) =>
        OptionsReader.Properties(owner.GetType()).Values.SelectMany(property => OptionsReader.IsSection(property.PropertyType)
            ? Walk(property.GetValue(owner)!, $"{path}:{property.Name}")
            : [($"{path}:{property.Name}", owner, property)]);

    private static string? Text(object? value) => value switch
    {
        null => null,
        int[] numbers => string.Join(',', numbers),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
