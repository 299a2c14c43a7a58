using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Writes <c>COCOON-READY {...}</c> to standard output once the silo serves, for whoever started the process.</summary>
internal sealed class ReadyLine(IHostApplicationLifetime lifetime, IOptions<SiloOptions> options, TextWriter output) : IHostedService
{
    private const string Prefix = "COCOON-READY ";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => output.WriteLine(Prefix + JsonSerializer.Serialize(new
        {
            process = "silo",
            pid = Environment.ProcessId,
            port = options.Value.Port,
            gatewayPort = options.Value.GatewayPort,
        })));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
