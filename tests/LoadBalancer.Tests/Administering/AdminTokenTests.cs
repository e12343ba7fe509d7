using AspireLB.LoadBalancer.Administering;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Administering;

public class AdminTokenTests
{
    private const string Token = "0123456789abcdef";

    [Theory]
    [InlineData("", "/api/backends", null, true)]
    [InlineData(Token, "/api/backends", "Bearer " + Token, true)]
    [InlineData(Token, "/api/backends", "bearer " + Token, true)] // RFC 9110 §11.1: the scheme has no case
    [InlineData(Token, "/alive", null, true)]
    [InlineData(Token, "/health", null, true)]
    [InlineData(Token, "/api/backends", null, false)]
    [InlineData(Token, "/api/backends", Token, false)]
    [InlineData(Token, "/api/backends", "Bearer 0123456789abcdeX", false)]
    [InlineData(Token, "/api/backends", "Bearer 0123456789abcdef ", false)]
    [InlineData(Token, "/api/backends", "Bearer 0123456789ABCDEF", false)]
    [InlineData(Token, "/api/backends", "Basic " + Token, false)]
    [InlineData(Token, "/health/", null, false)]
    [InlineData(Token, "/healthy", null, false)]
    [InlineData(Token, "/", null, false)]
    public async Task Invoke_Request_PassesOnlyWithTheToken(string token, string path, string? authorization, bool passes)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        if (authorization is not null)
            context.Request.Headers.Authorization = authorization;
        var passed = false;

        await new AdminToken(_ => { passed = true; return Task.CompletedTask; }, token).InvokeAsync(context);

        Assert.Equal(passes, passed);
        if (!passes)
        {
            Assert.Equal(401, context.Response.StatusCode);
            Assert.Equal("Bearer", context.Response.Headers.WWWAuthenticate);
            Assert.Equal("application/problem+json", context.Response.ContentType);
        }
    }
}
