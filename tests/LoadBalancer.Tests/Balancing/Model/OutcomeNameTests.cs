using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class OutcomeNameTests
{
    [Theory]
    [InlineData("Completed", "None", 200, "answered")]
    [InlineData("HeadReceived", "None", 404, "answered")]
    [InlineData("Completed", "None", 500, "server_error")]
    [InlineData("HeadReceived", "None", 503, "server_error")]
    [InlineData("NeverConnected", "Connection", 0, "never_connected")]
    [InlineData("NeverConnected", "Timeout", 0, "connect_timeout")]
    [InlineData("NothingSent", "Connection", 0, "nothing_sent")]
    [InlineData("NoResponse", "Connection", 0, "no_response")]
    [InlineData("NoResponse", "Timeout", 0, "response_timeout")]
    [InlineData("BrokenOff", "Connection", 200, "broken_off")]
    [InlineData("BrokenOff", "Timeout", 200, "body_timeout")]
    [InlineData("BrokenOff", "InvalidResponse", 0, "invalid_response")]
    [InlineData("NoResponse", "Client", 0, "client_gone")]
    [InlineData("NeverConnected", "Overtaken", 0, "overtaken")]
    [InlineData("HeadReceived", "Overtaken", 200, "overtaken")]
    public void For_Result_IsTheOutcomesName(string progress, string failure, int status, string name) =>
        Assert.Equal(name, OutcomeName.For(new(Enum.Parse<AttemptProgress>(progress), Enum.Parse<AttemptFailure>(failure), status)));
}
