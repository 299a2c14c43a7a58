using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Market.Hosting;
using Microsoft.Extensions.Options;

try
{
    // The settings that come with the program lie beside it, wherever it is started from.
    WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddGateway();
    await using WebApplication app = builder.Build();
    app.MapGateway();
    if (app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.ExitWithParent)
    {
        ParentWatch.Begin(Console.OpenStandardInput(), app.Lifetime.StopApplication);
    }

    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException error)
{
    foreach (string failure in error.Failures)
    {
        await Console.Error.WriteLineAsync($"gateway: {failure}");
    }

    return 2;
}
catch (IOException error)
{
    await Console.Error.WriteLineAsync($"gateway: {error.Message}");
    return 2;
}
