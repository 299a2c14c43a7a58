using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Stops the process when its standard input ends. Whatever is written there is read and dropped.</summary>
internal sealed partial class ParentWatch(Stream input, IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        byte[] buffer = new byte[64];
        while (await input.ReadAsync(buffer, stoppingToken) > 0)
        {
        }

        LogClosed();
        lifetime.StopApplication();
    }
}
