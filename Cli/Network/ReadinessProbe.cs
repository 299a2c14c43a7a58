using System.Text.Json;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>Waits until the gateway says that it is ready and that all workers offer the model: then the first request will succeed.</summary>
/// <param name="topology">The network.</param>
/// <param name="clock">The clock of the wait.</param>
internal sealed class ReadinessProbe(NetworkTopology topology, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits.</summary>
    /// <param name="apiKey">Whose request is to succeed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many workers offer the model.</returns>
    /// <exception cref="CommandFailedException">It took too long; the message says what was missing.</exception>
    public async Task<int> WaitAsync(string apiKey, CancellationToken cancellationToken)
    {
        using var http = GatewayHttp.Open(topology.Url, apiKey, Deadline);
        var started = clock.GetTimestamp();
        while (true)
        {
            var (offers, missing) = await LookAsync(http, cancellationToken);
            if (missing is null)
            {
                return offers;
            }

            if (clock.GetElapsedTime(started) > Deadline)
            {
                throw new CommandFailedException($"The network is not ready after {Deadline.TotalSeconds:0} s: {missing}.", "See the logs of gateway and workers.");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<(int Offers, string? Missing)> LookAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var ready = await http.GetAsync("/health/ready", cancellationToken);
            if (!ready.IsSuccessStatusCode)
            {
                return (0, $"the gateway's /health/ready answers {(int)ready.StatusCode}");
            }

            using var model = await http.GetAsync($"/v1/models/{Uri.EscapeDataString(topology.Model.Name)}", cancellationToken);
            if (!model.IsSuccessStatusCode)
            {
                return (0, $"the gateway answers {(int)model.StatusCode} when asked for the model {topology.Model.Name}");
            }

            using var document = JsonDocument.Parse(await model.Content.ReadAsStringAsync(cancellationToken));
            var offers = document.RootElement.GetProperty("offers").GetProperty("count").GetInt32();
            return (offers, offers == topology.Workers.Count ? null : $"{offers} of {topology.Workers.Count} workers offer {topology.Model.Name}");
        }
        catch (HttpRequestException exception)
        {
            return (0, exception.Message);
        }
    }
}
