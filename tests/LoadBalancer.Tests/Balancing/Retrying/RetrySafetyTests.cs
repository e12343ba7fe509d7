using AspireLB.Balancing.Retrying;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

public class RetrySafetyTests
{
    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("TRACE", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    [InlineData("CONNECT", false)]
    [InlineData("PROPFIND", false)]
    public void From_Method_FollowsTheStandard(string method, bool isIdempotent)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        Assert.Equal(isIdempotent, RetrySafety.From(request));

        request.Headers["Idempotency-Key"] = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";
        Assert.True(RetrySafety.From(request));
    }
}
