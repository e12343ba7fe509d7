using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class SpanNameTests
{
    [Theory]
    [InlineData("GET", null, "GET")]
    [InlineData("GET", "/{**path}", "GET")]
    [InlineData("POST", "{*rest}", "POST")]
    [InlineData("GET", "/{**path:regex(^v1/)}", "GET /{**path:regex(^v1/)}")]
    [InlineData("GET", "/{id}", "GET /{id}")]
    [InlineData("DELETE", "/api/{**rest}", "DELETE /api/{**rest}")]
    [InlineData("GET", "/", "GET /")]
    [InlineData("BREW", "/pot", "HTTP /pot")]
    [InlineData("BREW", "/{**path}", "HTTP")]
    public void For_MethodAndRoute_HasTheRouteUnlessItMatchesEveryPath(string method, string? route, string expected) =>
        Assert.Equal(expected, SpanName.For(method, route));
}
