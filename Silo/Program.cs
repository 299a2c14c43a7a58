using System.Net.Sockets;
using CocoonOrleans.Market.Hosting;
using CocoonOrleans.Silo.Hosting;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

try
{
    // The settings that come with the program lie beside it, wherever it is started from.
    HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.AddSilo();
    using IHost host = builder.Build();
    if (host.Services.GetRequiredService<IOptions<SiloOptions>>().Value.ExitWithParent)
    {
        ParentWatch.Begin(Console.OpenStandardInput(), host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
    }

    await host.RunAsync();
    return 0;
}
catch (OptionsValidationException error)
{
    foreach (string failure in error.Failures)
    {
        await Console.Error.WriteLineAsync($"silo: {failure}");
    }

    return 2;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or SqliteException or SocketException
    or ChainException or KeyFileException)
{
    await Console.Error.WriteLineAsync($"silo: {error.Message}");
    return 1;
}
