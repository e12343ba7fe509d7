using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Configuring.Secrets;

public class SecretNameTests
{
    [Theory]
    [InlineData("Authorization")]
    [InlineData("proxy-authorization")]
    [InlineData("Cookie")]
    [InlineData("Set-Cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("api_key")]
    [InlineData("apikey")]
    [InlineData("XApiKey")]
    [InlineData("APIKey")]
    [InlineData("key")]
    [InlineData("Ocp-Apim-Subscription-Key")]
    [InlineData("access_token")]
    [InlineData("X-CSRF-Token")]
    [InlineData("clientSecret")]
    [InlineData("CLIENT_SECRET")]
    [InlineData("db.password")]
    [InlineData("pwd")]
    [InlineData("X-Auth")]
    [InlineData("X-Amz-Signature")]
    [InlineData("sig")]
    [InlineData("Credentials")]
    public void Is_CarriesASecret_True(string name) => Assert.True(SecretName.IsSecret(name));

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Accept")]
    [InlineData("Host")]
    [InlineData("X-Author")]
    [InlineData("Key-Version")]
    [InlineData("Monkey")]
    [InlineData("Weight")]
    [InlineData("Compass")]
    [InlineData("page")]
    [InlineData("Design")]
    [InlineData("")]
    public void Is_SaysNothingOfTheKind_False(string name) => Assert.False(SecretName.IsSecret(name));
}
