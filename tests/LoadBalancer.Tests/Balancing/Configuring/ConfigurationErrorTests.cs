using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Tests.Balancing.Configuring;

public class ConfigurationErrorTests
{
    [Fact]
    public void ToString_TheValueIsLong_ShowsItsBeginningItsLengthAndWhatIsAllowed()
    {
        var error = new ConfigurationError("Backends", "http://" + new string('a', 5000), "expected: the URL of a backend");

        var shown = "http://" + new string('a', ConfigurationError.ShownLength - 7);
        Assert.Equal($"Backends: '{shown}… (5007 characters)' is not allowed; expected: the URL of a backend", error.ToString());
    }

    [Fact]
    public void ToString_APasswordLiesWhereALongValueIsCut_DoesNotShowItsBeginning()
    {
        var before = new string('a', ConfigurationError.ShownLength - 20) + ";";
        var error = new ConfigurationError("Backends", $"{before}http://me:very-secret-indeed@host:80;{before}", "expected: the URL of a backend");

        Assert.DoesNotContain("very", error.ToString());
        Assert.StartsWith($"Backends: '{before}http://***@host", error.ToString());
    }
}
