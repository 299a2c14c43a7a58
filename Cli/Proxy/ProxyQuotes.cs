using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Client.Evidence;

namespace CocoonOrleans.Cli.Proxy;

/// <summary>What the proxy judges quotes by: images that the user names, Intel's documents from where the user says, and floors in a file.</summary>
internal sealed class ProxyQuotes : IAsyncDisposable
{
    private const string IntelService = "https://api.trustedservices.intel.com/";
    private const int LargestAnchor = 64 * 1024;

    private readonly FileCollateralFloorStore _floors;
    private readonly CollateralService _collateral;

    private ProxyQuotes(FileCollateralFloorStore floors, IReadOnlyList<ImageManifest> images, string service, string? socket, TrustAnchor anchor, TcbPolicy tcb)
    {
        _floors = floors;
        _collateral = new CollateralService(CollateralOrigin.Open(service, socket, TimeProvider.System), anchor, floors, TimeProvider.System);
        Trust = new QuoteTrust { Anchor = anchor, Images = images.Count == 0 ? null : images, Collateral = _collateral, Tcb = tcb };
    }

    /// <summary>For the handler.</summary>
    public QuoteTrust Trust { get; }

    /// <summary>Opens it.</summary>
    /// <param name="imageFiles">Manifests of the images that may run.</param>
    /// <param name="service">Where Intel's documents come from; null for Intel.</param>
    /// <param name="socket">A unix socket that answers in its place; null for none.</param>
    /// <param name="anchorFile">A simulated issuer's anchor in place of Intel's; null for Intel's.</param>
    /// <param name="floorsFile">Where floors are kept.</param>
    /// <param name="strict">Whether only platforms that are up to date are taken.</param>
    /// <exception cref="CommandFailedException">A file can't be read, or another proxy has the floors.</exception>
    public static ProxyQuotes Open(IEnumerable<FileInfo> imageFiles, Uri? service, string? socket, FileInfo? anchorFile, string floorsFile, bool strict)
    {
        ImageManifest[] images = [.. imageFiles.Select(Read)];
        try
        {
            if (service is not null && !service.AbsolutePath.EndsWith('/'))
            {
                throw new CommandFailedException($"--collateral {service} does not end with a slash.", $"--collateral {service}/");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(floorsFile))!);
            var anchor = anchorFile is null ? TrustAnchor.Intel : TrustAnchor.ReadSimulated(StoredFile.Read(anchorFile, LargestAnchor));
            return new ProxyQuotes(new FileCollateralFloorStore(floorsFile), images, service?.ToString() ?? IntelService, socket, anchor, strict ? TcbPolicy.Strict : TcbPolicy.Default);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new CommandFailedException(e.Message, "Get the anchor from the issuer that runs now: its GET /anchor, or simulated/anchor.json of the data folder.", innerException: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException($"The floors in {floorsFile} can't be used: {e.Message}", "Stop the other proxy that has them, restore the file from a copy, or let the proxy read and write it. Another file (--floors FILE) begins with no floors: older documents would be taken again.", innerException: e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _collateral.DisposeAsync();
        _floors.Dispose();
    }

    private static ImageManifest Read(FileInfo file) =>
        ImageManifest.TryParse(StoredFile.Read(file, ImageManifest.LargestBytes), out var image, out Refusal? refusal)
            ? image!
            : throw new CommandFailedException($"{file.FullName} is no manifest of an image: {refusal}", "Get it again from who publishes the image.");
}
