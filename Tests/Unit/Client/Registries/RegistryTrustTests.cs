using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Registries;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Client.Registries;

/// <summary>A client that goes by the registry, over a chain that says what the test wants.</summary>
public sealed class RegistryTrustTests : IDisposable
{
    private static readonly Digest Image = Digest.Of("image"u8);
    private static readonly string Model = new('a', 64);

    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-registry-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly TunnelIdentity _identity = TunnelIdentity.Create(TimeProvider.System);
    private readonly FileCollateralFloorStore _store;
    private readonly SealedWorker _worker;
    private readonly RegistryTrust _trust;
    private Func<RegistrySnapshot> _chain;
    private int _reads;

    public RegistryTrustTests()
    {
        _store = new FileCollateralFloorStore(Path.Combine(_folder, "floors.json"));
        _worker = new SealedWorker(_identity, new string('1', 32), [Model], _time);
        Open = _worker.Statement;
        _chain = () => Read([Image.ToString()], [Model]);
        _trust = new RegistryTrust(
            _ =>
            {
                _reads++;
                return Task.FromResult(_chain());
            },
            new RegistryFloors(_store),
            _time);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Of tier open.</summary>
    private BoundStatement Open { get; }

    private BoundStatement Quoted => _worker.Renew(statement => statement with { Tier = TrustTier.Simulated });

    public void Dispose()
    {
        _trust.Dispose();
        _worker.Dispose();
        _store.Dispose();
        _identity.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Require_Listed_IsTakenAndTheChainIsNotAskedEachTime()
    {
        await _trust.RequireAsync(Open, null, default);
        await _trust.RequireAsync(Quoted, Image, default);
        Assert.Equal(1, _reads);

        _time.Advance(RegistryTrust.Interval);
        await _trust.RequireAsync(Quoted, Image, default);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Require_NotListed_IsRefused()
    {
        await RefusesAsync(SealingRefusalCodes.RegistryNotListed, Quoted, Digest.Of("other"u8));
        await RefusesAsync(SealingRefusalCodes.RegistryNotListed, Quoted, null);

        // A gateway's image is no worker's, and a model that isn't listed is refused in every tier, once any is.
        Change(() => Read([Image.ToString()], [new string('b', 64)]));
        await RefusesAsync(SealingRefusalCodes.RegistryNotListed, Open, null);
        Change(() => Read([Image.ToString()], [], role: 2));
        await RefusesAsync(SealingRefusalCodes.RegistryNotListed, Quoted, Image);
        await _trust.RequireAsync(Open, null, default);
    }

    [Fact]
    public async Task Require_ChainAway_GoesOnForAWhileAndThenRefuses()
    {
        await _trust.RequireAsync(Quoted, Image, default);
        Change(() => throw new ChainException(ChainFailure.Unavailable, "away"));
        await _trust.RequireAsync(Quoted, Image, default);

        _time.Advance(RegistryTrust.MaxAge);
        await RefusesAsync(SealingRefusalCodes.RegistryUnreadable, Quoted, Image);
    }

    [Fact]
    public async Task Require_NeverRead_IsRefused()
    {
        _chain = () => throw new RegistryException(RegistryFailure.OtherCode, "another contract");

        await RefusesAsync(SealingRefusalCodes.RegistryUnreadable, Open, null);
    }

    /// <summary>An endpoint that answers at once and always with an old block freezes nobody; nor does one whose clock is of the future.</summary>
    [Theory]
    [InlineData(-11)]
    [InlineData(100_000)]
    public async Task Require_ClockThatIsNotTheChains_GivesNoMoreTime(int minutes)
    {
        RegistrySnapshot told = Read([Image.ToString()], [], time: Now.AddMinutes(minutes));
        Change(() => told);
        if (minutes > 0)
        {
            await _trust.RequireAsync(Quoted, Image, default);
            Change(() => throw new ChainException(ChainFailure.Unavailable, "away"));
            _time.Advance(RegistryTrust.MaxAge);
        }

        await RefusesAsync(SealingRefusalCodes.RegistryUnreadable, Quoted, Image);
    }

    [Fact]
    public async Task Require_OlderVersionThanAnEarlierProcessSaw_IsRefused()
    {
        await new RegistryFloors(_store).RaiseAsync(TonNetwork.Development.ToString(CultureInfo.InvariantCulture), Read([], []).Address, 1);

        await RefusesAsync(SealingRefusalCodes.RegistryRollback, Open, null);
    }

    [Fact]
    public async Task Require_ReaderSaysThatItWentBack_IsRefusedAtOnce()
    {
        await _trust.RequireAsync(Open, null, default);
        Change(() => throw new RegistryException(RegistryFailure.WentBack, "version 1 after version 2"));

        await RefusesAsync(SealingRefusalCodes.RegistryRollback, Open, null);
    }

    private void Change(Func<RegistrySnapshot> chain)
    {
        _chain = chain;
        _time.Advance(RegistryTrust.Interval);
    }

    private async Task RefusesAsync(string code, BoundStatement statement, Digest? image) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<SealingRefusedException>(() => _trust.RequireAsync(statement, image, default))).Code);

    private RegistrySnapshot Read(string[] images, string[] models, byte role = RegistryImage.WorkerRole, DateTimeOffset? time = null)
    {
        using var owner = new SigningKey(SHA256.HashData("owner"u8));
        StateInit init = RegistryState.FirstInit(
            new RegistryOwners(1, new Dictionary<byte, PublicKey> { [0] = owner.PublicKey }),
            3_600,
            new RegistryParameters(ContractCode.Channel.Hash, 1, 2, 3, new Nano(4)),
            images.ToDictionary(image => Bits256.Parse(image, "image"), _ => new RegistryImage(role, 0, uint.MaxValue, "")),
            models.ToDictionary(model => Bits256.Parse(model, "model"), _ => new RegistryModel("house")));
        var account = new AccountState(AccountStatus.Active, Nano.Zero, init.Code, init.Data, null, 1, (uint)(time ?? Now).ToUnixTimeSeconds());
        return RegistrySnapshot.Read(TonNetwork.Development, new TonAddress(0, new Bits256(new byte[32])), account, floor: null);
    }
}
