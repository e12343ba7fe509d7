using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AspireLB.EventLoops.Listening;

/// <summary>Puts <see cref="Parkable"/> before the application's own middleware.</summary>
internal sealed class ParkingFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<Parkable>();
        next(app);
    };
}
