namespace AspireLB.LoadBalancer.Tests;

public class ProjectTests
{
    [Fact]
    public void Assembly_IsNamedAfterItsFolder() => Assert.Equal("LoadBalancer", System.Reflection.Assembly.Load("LoadBalancer").GetName().Name);
}
