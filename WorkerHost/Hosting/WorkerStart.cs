using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Market.Hosting;
using CocoonOrleans.Tokenization.Templates;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.WorkerHost.Keys;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>Runs the worker, and says in plain words what keeps it from starting.</summary>
internal static class WorkerStart
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int BadSettings = 2;

    /// <returns>0 after a good stop, 1 where something is missing or broken, 2 where the settings are wrong.</returns>
    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        try
        {
            await using WebApplication app = builder.AddWorker().Build();
            app.MapWorker();
            if (app.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.ExitWithParent)
            {
                ParentWatch.Begin(Console.OpenStandardInput(), app.Lifetime.StopApplication);
            }

            CancellationToken stopping = app.Lifetime.ApplicationStopping;
            try
            {
                await app.RunAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // It was told to stop while it still loaded its models.
            }

            return Ok;
        }
        catch (OptionsValidationException e)
        {
            foreach (string failure in e.Failures)
            {
                await Console.Error.WriteLineAsync($"Settings: {failure}");
            }

            return BadSettings;
        }
        catch (InvalidOperationException e) when (e.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            await Console.Error.WriteLineAsync($"Settings: {e.Message}");
            return BadSettings;
        }
        catch (Exception e) when (e is ModelFormatException or TokenizerFormatException or TemplateSyntaxException or TorchLibraryException or CudaException or UpstreamException or KeyReleaseException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The worker can't start: {e.Message}");
            return Failed;
        }
    }
}
