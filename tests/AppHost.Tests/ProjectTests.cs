namespace AspireLB.AppHost.Tests;

public class ProjectTests
{
    [Fact]
    public void Assembly_IsNamedAfterItsFolder() => Assert.Equal("AppHost", System.Reflection.Assembly.Load("AppHost").GetName().Name);
}
