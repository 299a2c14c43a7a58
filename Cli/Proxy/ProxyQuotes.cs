using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Client.Evidence;

namespace CocoonOrleans.Cli.Proxy;

/// <summary>What the proxy judges quotes by: images that the user names, Intel's documents from where the user says, and floors in a file.</summary>
internal sealed class ProxyQuotes : IAsyncDisposable
{
    private readonly FileCollateralFloorStore _floors;
    private readonly HttpClient _http;
    private readonly CollateralService _collateral;

    private ProxyQuotes(FileCollateralFloorStore floors, IReadOnlyList<ImageManifest> images, Uri? service)
    {
        _floors = floors;
        _http = new HttpClient(ProvisioningClient.CreateHandler());
        var options = service is null ? ProvisioningOptions.Intel : new ProvisioningOptions { BaseAddress = service };
        _collateral = new CollateralService(new ProvisioningClient(_http, options, TimeProvider.System), TrustAnchor.Intel, floors, TimeProvider.System);
        Trust = new QuoteTrust { Images = images, Collateral = _collateral };
    }

    /// <summary>For the handler.</summary>
    public QuoteTrust Trust { get; }

    /// <summary>Opens it.</summary>
    /// <param name="imageFiles">Manifests of the images that may run.</param>
    /// <param name="service">Where Intel's documents come from; null for Intel.</param>
    /// <param name="floorsFile">Where floors are kept.</param>
    /// <exception cref="CommandFailedException">A file can't be read, or another proxy has the floors.</exception>
    public static ProxyQuotes Open(IEnumerable<FileInfo> imageFiles, Uri? service, string floorsFile)
    {
        ImageManifest[] images = [.. imageFiles.Select(Read)];
        try
        {
            if (service is not null && !service.AbsolutePath.EndsWith('/'))
            {
                throw new CommandFailedException($"--collateral {service} does not end with a slash.", $"--collateral {service}/");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(floorsFile))!);
            return new ProxyQuotes(new FileCollateralFloorStore(floorsFile), images, service);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException($"The floors in {floorsFile} can't be used: {e.Message}", "Name another file: --floors FILE", innerException: e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _collateral.DisposeAsync();
        _http.Dispose();
        _floors.Dispose();
    }

    private static ImageManifest Read(FileInfo file) =>
        ImageManifest.TryParse(StoredFile.Read(file, ImageManifest.LargestBytes), out var image, out Refusal? refusal)
            ? image!
            : throw new CommandFailedException($"{file.FullName} is no manifest of an image: {refusal}", "Get it again from who publishes the image.");
}
