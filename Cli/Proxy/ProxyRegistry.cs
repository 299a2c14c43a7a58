using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Cli.Registry;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Registries;
using CocoonOrleans.Ton.Chain;
using Spectre.Console;

namespace CocoonOrleans.Cli.Proxy;

/// <summary>The registry that the proxy goes by, read from the chain that the user names, with its version remembered beside the floors of Intel's documents.</summary>
internal sealed class ProxyRegistry : IAsyncDisposable
{
    private readonly TonChain _chain;
    private readonly FileCollateralFloorStore? _own;

    private ProxyRegistry(TonChain chain, FileCollateralFloorStore? own, RegistryTrust trust)
    {
        (_chain, _own, Trust) = (chain, own, trust);
    }

    /// <summary>For the handler.</summary>
    public RegistryTrust Trust { get; }

    /// <summary>Opens it, and reads it once.</summary>
    /// <param name="registry">Its address.</param>
    /// <param name="network">The chain's network.</param>
    /// <param name="endpoints">The chain's endpoints.</param>
    /// <param name="floors">Floors that are open already; null where none are.</param>
    /// <param name="floorsFile">Where floors are kept.</param>
    /// <param name="output">Where is said what was found.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandFailedException">It can't be used.</exception>
    public static async Task<ProxyRegistry> OpenAsync(
        string registry, int network, Uri[] endpoints, FileCollateralFloorStore? floors, string floorsFile, CommandOutput output, CancellationToken cancellationToken)
    {
        if (endpoints.Length == 0)
        {
            throw new CommandFailedException("--registry is read from a chain, and none is named.", "Name its API: --chain https://toncenter.com/api/v2/, better two of different owners.");
        }

        var address = RegistryTarget.Parse(registry, network, "--registry");
        var own = floors is null ? OpenFloors(floorsFile) : null;
        TonChain? chain = null;
        RegistryTrust? trust = null;
        try
        {
            chain = await ChainAddresses.OpenAsync(network, endpoints, cancellationToken);
            trust = new RegistryTrust(chain, address, new RegistryFloors(floors ?? own!), TimeProvider.System);
            var read = await trust.GetAsync(cancellationToken);
            output.Console.MarkupLineInterpolated($"Registry {address}, version {read.State.Version}: {read.Images.Count} images, {read.Models.Count} models.");
            if (read.State.Successor is { } successor)
            {
                output.Console.MarkupLineInterpolated($"[yellow]It is followed by[/] {successor}: name that one with --registry.");
            }

            return new ProxyRegistry(chain, own, trust);
        }
        catch (Exception e)
        {
            trust?.Dispose();
            chain?.Dispose();
            own?.Dispose();
            if (e is SealingRefusedException refused)
            {
                throw new CommandFailedException(refused.Message, "Check --registry and --chain; ./cocoon registry show reads it too.", innerException: refused);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Trust.Dispose();
        _chain.Dispose();
        _own?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static FileCollateralFloorStore OpenFloors(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            return new FileCollateralFloorStore(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException($"The floors in {file} can't be used: {e.Message}", "Stop the other proxy that has them, restore the file from a copy, or let the proxy read and write it.", innerException: e);
        }
    }
}
