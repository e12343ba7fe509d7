using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.Configuring;
using Microsoft.Extensions.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Configuring;

public class OptionsReaderTests
{
    private readonly ClusterOptions _options = new();

    [Fact]
    public void Read_EveryType_IsTakenOver()
    {
        var errors = Read("""
            { "Policy": "Random", "SlowStart": "00:00:30",
              "Health": { "Active": { "Enabled": false, "Rise": 3, "Jitter": 0.25 } },
              "Retry": { "StatusCodes": [500, 503], "PerAttemptTimeout": "00:00:00.250", "MaxBufferedBodyBytes": 0 } }
            """);

        Assert.Empty(errors);
        Assert.Equal("Random", _options.Policy);
        Assert.Equal(TimeSpan.FromSeconds(30), _options.SlowStart);
        Assert.False(_options.Health.Active.Enabled);
        Assert.Equal(3, _options.Health.Active.Rise);
        Assert.Equal(0.25, _options.Health.Active.Jitter);
        Assert.Equal([500, 503], _options.Retry.StatusCodes);
        Assert.Equal(TimeSpan.FromMilliseconds(250), _options.Retry.PerAttemptTimeout);
        Assert.Equal(0, _options.Retry.MaxBufferedBodyBytes);
    }

    [Fact]
    public void Read_KeyMissing_KeepsItsValue()
    {
        _options.Health.Active.Path = "/ready";
        _options.Retry.MaxAttempts = 7;

        Assert.Empty(Read("""{ "Health": { "Active": { "Rise": 2 } } }"""));

        Assert.Equal("/ready", _options.Health.Active.Path);
        Assert.Equal(2, _options.Health.Active.Rise);
        Assert.Equal(7, _options.Retry.MaxAttempts);
    }

    [Fact]
    public void Read_KeysInAnyCase_AreTheSame()
    {
        Assert.Empty(Read("""{ "hEALTH": { "ACTIVE": { "rise": 4 } } }"""));

        Assert.Equal(4, _options.Health.Active.Rise);
    }

    [Fact]
    public void Read_UnknownKey_SaysWhatWasProbablyMeantAndWhatThereIs()
    {
        var error = Assert.Single(Read("""{ "Health": { "Active": { "Intervall": "00:00:05" } } }"""));

        Assert.Equal(
            "LoadBalancer:Health:Active:Intervall: unknown key; did you mean Interval? "
            + "Known here: DownInterval, Enabled, Fall, Interval, Jitter, Method, Path, Rise, Timeout",
            error);
    }

    [Fact]
    public void Read_UnknownKeyLikeNoOther_NamesOnlyWhatThereIs()
    {
        var error = Assert.Single(Read("""{ "Retry": { "Colour": "red" } }"""));

        Assert.DoesNotContain("did you mean", error, StringComparison.Ordinal);
        Assert.Contains("Known here: BudgetMinPerSecond, ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralErrors_AllAreCollected()
    {
        var errors = Read("""
            { "Polcy": "Random", "Health": { "Active": { "Rise": 0, "Interval": "soon", "Path": "health" } },
              "Retry": { "StatusCodes": [200] }, "Limits": 5 }
            """);

        Assert.Equal(
            [
                "LoadBalancer:Health:Active:Interval: 'soon' is not allowed; expected: a time as hh:mm:ss, such as 00:00:05 or 00:00:00.250",
                "LoadBalancer:Health:Active:Path: 'health' is not allowed; allowed: a path that starts with /",
                "LoadBalancer:Health:Active:Rise: '0' is not allowed; allowed: 1 to 1000",
                "LoadBalancer:Limits: '5' is not allowed; a section is expected here, not a value",
                "LoadBalancer:Polcy: unknown key; did you mean Policy?",
                "LoadBalancer:Retry:StatusCodes: '200' is not allowed; allowed: 400 to 599",
            ],
            errors.Select(error => error.Split(" Known here")[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("5")] // TimeSpan.Parse: five days
    [InlineData("5:00")] // TimeSpan.Parse: five hours
    [InlineData("5s")]
    [InlineData("00:00:61")]
    [InlineData("-00:00:05")]
    [InlineData("24:00:00")] // TimeSpan.Parse: 24 days
    [InlineData("")]
    public void Read_DurationThatIsNotPlain_IsRefused(string text)
    {
        Assert.Single(Read($$"""{ "Timeouts": { "Connect": "{{text}}" } }"""));

        Assert.Equal(TimeSpan.FromSeconds(2), _options.Timeouts.Connect);
    }

    [Theory]
    [InlineData("0,5")] // a group separator would make it 5
    [InlineData("1,000")]
    [InlineData("NaN")]
    [InlineData("1e300")]
    [InlineData("-0.4")]
    [InlineData("1000.4")]
    [InlineData("many")]
    public void Read_NumberThatIsNotPlain_IsRefused(string text) =>
        Assert.Single(Read($$"""{ "Retry": { "BudgetPercent": "{{text}}" } }"""));

    [Theory]
    [InlineData("""{ "Health": { "Active": { "Rise": 1.5 } } }""", "expected: a whole number")]
    [InlineData("""{ "Health": { "Active": { "Rise": 99999999999 } } }""", "expected: a whole number")]
    [InlineData("""{ "Health": { "Active": { "Enabled": "yes" } } }""", "expected: true or false")]
    [InlineData("""{ "Health": { "Active": { "Method": "BREW" } } }""", "allowed: GET, HEAD, OPTIONS or POST")]
    [InlineData("""{ "Health": { "Active": { "Jitter": 0.95 } } }""", "allowed: 0 to 0.9")]
    [InlineData("""{ "Health": { "Active": { "Interval": "00:00:00.001" } } }""", "allowed: 00:00:00.0100000 to 1.00:00:00")]
    [InlineData("""{ "Policy": "" }""", "allowed: anything but empty")]
    [InlineData("""{ "Policy": null }""", "allowed: anything but empty")]
    [InlineData("""{ "Policy": ["Random"] }""", "expected: a single value")]
    [InlineData("""{ "Retry": { "StatusCodes": "502,x" } }""", "expected: a list of whole numbers ('x' is not one)")]
    [InlineData("""{ "Retry": { "StatusCodes": [503, 999] } }""", "allowed: 400 to 599")]
    public void Read_BadValue_SaysWhatIsAllowed(string json, string allowed) =>
        Assert.EndsWith("; " + allowed, Assert.Single(Read(json)), StringComparison.Ordinal);

    [Fact]
    public void Read_BadValue_IsNotTakenOver()
    {
        Assert.Single(Read("""{ "Policy": null }"""));

        Assert.Equal("RoundRobin", _options.Policy);
    }

    [Theory]
    [InlineData("""{ "Retry": { "StatusCodes": "500, 502" } }""", new[] { 500, 502 })]
    [InlineData("""{ "Retry": { "StatusCodes": [] } }""", new int[0])]
    [InlineData("""{ "Retry": { "StatusCodes": "" } }""", new int[0])]
    public void Read_List_ReplacesTheDefault(string json, int[] codes)
    {
        Assert.Empty(Read(json));

        Assert.Equal(codes, _options.Retry.StatusCodes);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void Read_OptionalValueEmpty_IsNone(string json)
    {
        _options.Retry.PerAttemptTimeout = TimeSpan.FromSeconds(1);

        Assert.Empty(Read($$"""{ "Retry": { "PerAttemptTimeout": {{json}} } }"""));

        Assert.Null(_options.Retry.PerAttemptTimeout);
    }

    private string[] Read(string json)
    {
        var errors = new List<ConfigurationError>();
        var section = Settings.Json($$"""{ "LoadBalancer": {{json}} }""").GetSection("LoadBalancer");
        OptionsReader.Read(section, _options, errors, "Clusters");
        return [.. errors.Select(error => error.ToString())];
    }
}
