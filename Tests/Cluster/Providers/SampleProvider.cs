using System.Security.Cryptography;
using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Tests.Cluster.Providers;

/// <summary>A provider with its key, whose worker was admitted to the shared silos.</summary>
internal sealed record SampleProvider(TwoSilos Silos, SigningKey Key)
{
    public string Id => ProviderId.Of(Key.PublicKey);

    public IProviderGrain Grain => Silos.Client.GetGrain<IProviderGrain>(Id);

    public static SampleProvider Create(TwoSilos silos) => new(silos, new SigningKey(RandomNumberGenerator.GetBytes(32)));

    public static async Task<SampleProvider> AdmitAsync(TwoSilos silos)
    {
        SampleProvider provider = Create(silos);
        string worker = Sample.NewWorkerId();
        await silos.Client.GetGrain<IWorkerGrain>(worker).RegisterAsync(
            Sample.Registration(Sample.NewModel()) with { ProviderId = provider.Id, ProviderPass = provider.Pass(worker) });
        return provider;
    }

    public static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    public string Pass(string worker) => new WorkerPass(Bits256.Parse(worker, "worker")).Sign(Key);

    public byte[] Payout(TonAddress address, long coins = 1) => Ask(ProviderRequestKind.Payout, new PayoutTerms(address, Nano.FromCoins(coins)).ToCell());

    public byte[] Ask(ProviderRequestKind kind, Cell? value = null, DateTimeOffset? at = null, int network = TonNetwork.Development) =>
        new ProviderRequest(network, Key.PublicKey, (ulong)(at ?? Silos.Now).ToUnixTimeMilliseconds(), kind, value).Sign(Key);

    public Task<ProviderView> OrderAsync(TonAddress? address = null) => Grain.OrderPayoutAsync(Payout(address ?? NewAddress()));
}
