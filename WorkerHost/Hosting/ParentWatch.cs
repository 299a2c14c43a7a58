namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>Stops the process when its standard input ends: the process that started it is gone, or wants it to stop.</summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Run(ReadToEnd, CancellationToken.None).WaitAsync(stoppingToken);
        lifetime.StopApplication();
    }

    private static void ReadToEnd()
    {
        using Stream input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        while (input.Read(ignored) > 0)
        {
            // what it says does not matter
        }
    }
}
