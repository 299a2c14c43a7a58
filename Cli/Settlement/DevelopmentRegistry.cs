using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Cli.Settlement;

/// <summary>
/// The registry of a local network: it lists from the start what is served here, since what is proposed later waits an hour at least. The address is the hash of all that, so another model or image is another registry,
/// and the same one is found again.
/// </summary>
internal static class DevelopmentRegistry
{
    private const uint LeastDelay = 3_600;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes the registry where it isn't there yet, and writes its address to its file.</summary>
    /// <param name="place">The chain and the owner's key.</param>
    /// <param name="model">The model that is served.</param>
    /// <param name="image">The image that workers attest to; null where they don't.</param>
    /// <param name="clock">For time-outs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandFailedException">The chain says no.</exception>
    public static async Task<TonAddress> EnsureAsync(SettlementPlace place, ServedModel model, Digest? image, TimeProvider clock, CancellationToken cancellationToken)
    {
        var init = RegistryState.FirstInit(
            new RegistryOwners(1, new Dictionary<byte, PublicKey> { [0] = place.RegistryOwner }),
            LeastDelay,
            new RegistryParameters(ContractCode.Channel.Hash, LeastCloseDelay: 60, MostCloseDelay: 604_800, MostCommissionPerMillion: 200_000, LeastTopUp: new Nano(500_000_000)),
            image is { } id
                ? new Dictionary<Bits256, RegistryImage> { [Bits256.Parse(id.ToString(), "image")] = new(RegistryImage.WorkerRole, 0, uint.MaxValue, "simulated image") }
                : null,
            new Dictionary<Bits256, RegistryModel> { [Bits256.Parse(model.ManifestSha256, "model")] = new(model.Name) });
        var address = init.AddressIn();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout };
        var chain = new ToncenterClient(http, new ToncenterOptions { Address = place.Endpoint(1), Timeout = Timeout }, clock);
        try
        {
            if ((await chain.GetAccountAsync(address, null, cancellationToken)).Status != AccountStatus.Active)
            {
                var gift = new JsonObject
                {
                    ["address"] = address.ToString(),
                    ["amount"] = RegistryMessages.DeployValue.ToString(),
                    ["init"] = Convert.ToBase64String(Boc.Write(init.ToCell())),
                };
                using var response = await http.PostAsJsonAsync(new Uri(place.Endpoint(1), "dev_faucet"), gift, cancellationToken);
                response.EnsureSuccessStatusCode();
            }

            await File.WriteAllTextAsync(place.RegistryFile, address.ToString(), cancellationToken);
            return address;
        }
        catch (Exception exception) when (exception is HttpRequestException or ChainException)
        {
            throw new CommandFailedException($"The development chain makes no registry: {exception.Message}", "See its log.", innerException: exception);
        }
    }
}
