using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Sweeping;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Sweeping;

public sealed class ChainLookTests
{
    private static readonly ChannelTerms Terms = NewTerms();

    [Fact]
    public async Task Read_ManyChannelsAndTheChainAway_IsAskedOncePerSweep()
    {
        string[] channels = [.. Enumerable.Range(0, 100).Select(number => $"0:{number:x64}")];
        var chain = new FakeChain { Fails = _ => true };
        var look = new ChainLook(chain);

        Assert.Equal(100, await UnseenAsync(look, channels));
        Assert.Equal(100, await UnseenAsync(look, channels));

        Assert.Equal([channels[0], channels[1]], chain.Asked);
        Assert.True(look.IsSilent);
    }

    [Fact]
    public async Task Read_OneChannelOfWhichNothingIsSaid_HidesNoOtherForEver()
    {
        string[] channels = [.. Enumerable.Range(0, 10).Select(number => $"0:{number:x64}")];
        var chain = new FakeChain { Fails = channel => channel == channels[3] };
        var look = new ChainLook(chain);

        Assert.Equal(7, await UnseenAsync(look, channels));
        Assert.Equal(1, await UnseenAsync(look, channels));

        Assert.Equal(channels, chain.Asked.Distinct().Order(StringComparer.Ordinal));
        chain.Fails = _ => false;
        Assert.Equal(0, await UnseenAsync(look, channels));
        Assert.False(look.IsSilent);
    }

    [Fact]
    public async Task Read_DepositThatGrew_IsReadAgainWithAsMuchAtStake()
    {
        var chain = new FakeChain { Data = Boc.Write(DataOf(Nano.FromCoins(7))) };

        Assert.NotNull(await new ChainLook(chain).ReadAsync(Terms.Address.ToString(), Terms, Nano.FromCoins(1), default));

        Assert.Equal([Nano.FromCoins(1), Nano.FromCoins(7)], chain.Stakes);
    }

    /// <returns>Of how many nothing was seen.</returns>
    private static async Task<int> UnseenAsync(ChainLook look, string[] channels)
    {
        int unseen = 0;
        foreach (string channel in look.Begin(channels, channel => channel))
        {
            try
            {
                unseen += await look.ReadAsync(channel, Terms, Nano.Zero, default) is null ? 1 : 0;
            }
            catch (ChainUnavailableException)
            {
                unseen++;
            }
        }

        return unseen;
    }

    private static Cell DataOf(Nano deposited) => new CellBuilder()
        .StoreUInt(0, 2).StoreCoins(deposited).StoreCoins(Nano.Zero).StoreCoins(Nano.Zero).StoreCoins(Nano.Zero)
        .StoreUInt(0, 32).StoreUInt(Terms.CloseDelay, 32).StoreUInt(Terms.Salt, 64)
        .StoreReference(Terms.Init.Data!.References[0])
        .Build();

    private static ChannelTerms NewTerms()
    {
        using var payer = new SigningKey(RandomNumberGenerator.GetBytes(32));
        using var payee = new SigningKey(RandomNumberGenerator.GetBytes(32));
        return new ChannelTerms(NewAddress(), payer.PublicKey, NewAddress(), payee.PublicKey, 60, 1);

        static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));
    }

    /// <summary>A FAKE chain: it says what it is told to, and remembers what it was asked.</summary>
    private sealed class FakeChain : IChannelChain
    {
        public Func<string, bool> Fails { get; set; } = _ => false;

        public byte[]? Data { get; init; }

        public List<string> Asked { get; } = [];

        public List<Nano> Stakes { get; } = [];

        public Task<ChannelObservation> ReadAsync(string channel, Nano atStake, CancellationToken cancellationToken)
        {
            Asked.Add(channel);
            Stakes.Add(atStake);
            return Fails(channel)
                ? throw new ChainUnavailableException("away")
                : Task.FromResult(new ChannelObservation(Data is null ? null : ContractCode.Channel.Hash.ToArray(), Data, 1, 1, Nano.Zero, 1));
        }
    }
}
