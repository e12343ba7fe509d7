using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Configuring.Secrets;

public class SecretTextTests
{
    [Theory]
    [InlineData("http://user:password@host:80/path", "http://***@host:80/path")]
    [InlineData("http://token@host", "http://***@host")]
    [InlineData("http://user:p@ss@host/a@b", "http://***@host/a@b")]
    [InlineData("http://a:1,http://u:p,w@b:2", "http://a:1,http://***@b:2")]
    [InlineData("/health?token=abc&deep=1&api%5Fkey=d", "/health?token=***&deep=1&api%5Fkey=***")]
    public void Masked_SecretsInIt_AreGoneAndTheRestStays(string text, string masked)
    {
        Assert.Equal(masked, SecretText.Masked(text));
        Assert.Equal(masked, SecretText.Masked(masked));
        Assert.True(SecretText.HasSecret(text));
        Assert.True(SecretText.HasSecret(masked));
    }

    [Theory]
    [InlineData("http://unix:/run/app@1.sock")]
    [InlineData("http://host/a@b?page=1")]
    [InlineData("{**catch-all}")]
    public void Masked_NoSecrets_IsTheSame(string text)
    {
        Assert.Equal(text, SecretText.Masked(text));
        Assert.False(SecretText.HasSecret(text));
    }
}
