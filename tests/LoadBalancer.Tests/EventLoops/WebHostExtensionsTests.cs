using AspireLB.EventLoops;
using AspireLB.EventLoops.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspireLB.LoadBalancer.Tests.EventLoops;

public class WebHostExtensionsTests
{
    [Fact]
    public async Task UseEventLoops_ALimitOfConnections_IsInEffect()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseEventLoops(loops => loops.MaxConnections = 7);
        await using var app = builder.Build();

        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(7, app.Services.GetRequiredService<ConnectionSlots>().Limit);
            Assert.IsType<EventLoopListenerFactory>(app.Services.GetRequiredService<IConnectionListenerFactory>());
        }
        else
        {
            Assert.Equal(7, app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxConcurrentConnections);
        }
    }

    [Fact]
    public void UseEventLoops_ANegativeLimit_Throws() => Assert.Throws<ArgumentOutOfRangeException>(
        () => WebApplication.CreateSlimBuilder().WebHost.UseEventLoops(loops => loops.MaxConnections = -1));
}
