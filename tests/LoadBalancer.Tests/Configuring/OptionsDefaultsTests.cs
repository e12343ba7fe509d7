using System.Globalization;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class OptionsDefaultsTests
{
    /// <summary>Every option by its path.</summary>
    public static TheoryData<string> Paths =>
        [.. Walk(new ClusterOptions(), "LoadBalancer").Concat(Walk(new AdminOptions(), "Admin")).Select(option => option.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Default_WrittenAsText_IsReadBackAndAllowed(string path)
    {
        IOptionsSection target = path.StartsWith("Admin", StringComparison.Ordinal) ? new AdminOptions() : new ClusterOptions();
        var option = Walk(target, path.Split(':')[0]).Single(option => option.Path == path);
        var before = option.Property.Get(option.Owner);
        var errors = new List<ConfigurationError>();

        OptionsReader.Read(Settings.Of((path, Text(before))).GetSection(path.Split(':')[0]), target, errors);

        Assert.Empty(errors);
        Assert.Equal(before, option.Property.Get(option.Owner));
        Assert.All(option.Property.Rules, rule => Assert.NotEmpty(AllowedValues.Describe(rule)));
    }

    private static IEnumerable<(string Path, IOptionsSection Owner, OptionProperty Property)> Walk(IOptionsSection owner, string path) =>
        owner.Properties.SelectMany(property => property.IsSection
            ? Walk((IOptionsSection)property.Get(owner)!, $"{path}:{property.Name}")
            : [($"{path}:{property.Name}", owner, property)]);

    private static string? Text(object? value) => value switch
    {
        null => null,
        int[] numbers => string.Join(',', numbers),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
