using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class BindingAddressesTests
{
    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://*:80;https://[::]:443")]
    [InlineData(" http://127.0.0.1:0 ; http://+:81 ")]
    [InlineData("http://unix:/run/balancer.sock")]
    public void Check_AddressesToListenOn_AreFine(string urls) => Assert.Empty(Check(urls));

    [Theory]
    [InlineData("", "")]
    [InlineData(" ; ", " ; ")]
    [InlineData("8080", "8080")]
    [InlineData("localhost:8080", "localhost:8080")]
    [InlineData("ftp://localhost", "ftp://localhost")]
    [InlineData("http://localhost/path", "http://localhost/path")]
    [InlineData("http://localhost:70000", "http://localhost:70000")]
    [InlineData("http://good:1;bad", "bad")]
    public void Check_AnythingElse_IsNamed(string urls, string named)
    {
        var error = Assert.Single(Check(urls));

        Assert.StartsWith($"Urls: '{named}' is not allowed; expected: addresses to listen on", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SeveralBadOnes_AreAllNamed() => Assert.Equal(2, Check("one;http://localhost:1;two").Count);

    private static List<ConfigurationError> Check(string urls)
    {
        var errors = new List<ConfigurationError>();
        BindingAddresses.Check("Urls", urls, errors);
        return errors;
    }
}
