namespace CocoonOrleans.Gateway.Hosting;

/// <summary>Stops the process when its standard input ends. Whatever is written there is read and dropped.</summary>
/// <param name="input">Standard input.</param>
/// <param name="lifetime">The process.</param>
public sealed class ParentWatch(Stream input, IHostApplicationLifetime lifetime) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: a read of standard input can't be cancelled, and nobody may have to wait for it at the end.
        new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        Span<byte> buffer = stackalloc byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        lifetime.StopApplication();
    }
}
