using System.Security.Cryptography;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Unit.Client.Payments;

public sealed class ChannelPayerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-payer-");
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(32);
    private readonly string _path;
    private readonly ChannelTerms _terms;
    private ChannelPayer _payer;

    public ChannelPayerTests()
    {
        _path = Path.Combine(_folder.FullName, "channel.json");
        using var payer = new SigningKey(_seed);
        using var payee = new SigningKey(RandomNumberGenerator.GetBytes(32));
        _terms = new ChannelTerms(Address(), payer.PublicKey, Address(), payee.PublicKey, 86_400, 7);
        ChannelPayer.Create(_path, TonNetwork.Development, _terms);
        _payer = Open();
    }

    public void Dispose()
    {
        _payer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Begin_Requests_PromisesWhatWasUsedAndWhatIsOpen()
    {
        PaidRequest first = Begin(100);
        Assert.Equal((1ul, new Nano(100)), (Read(first).Voucher.Serial, Read(first).Voucher.Cumulative));
        PaidRequest second = Begin(50);
        Assert.Equal((2ul, new Nano(150)), (Read(second).Voucher.Serial, Read(second).Voucher.Cumulative));

        first.Settle(new Nano(30), default);
        second.Settle(new Nano(10), default);

        // 40 are used, 150 are promised: nothing new to sign for the next 110.
        PaidRequest third = Begin(110);
        Assert.Equal(Read(second), Read(third));
        Assert.Equal(new Nano(151), Read(Begin(1)).Voucher.Cumulative);
        Assert.True(Read(third).IsSignedBy(_terms.PayerKey));
    }

    [Fact]
    public void Begin_BeforeItReturns_StandsOnTheDisk()
    {
        SignedVoucher voucher = Read(Begin(100));

        Assert.Equal((new Nano(100), Nano.Zero, new Nano(100)), Peek());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        Reopen();
        Assert.Equal(voucher.Voucher.Serial + 1, Read(Begin(1)).Voucher.Serial);
    }

    [Fact]
    public void Begin_FileThatCannotBeWritten_PromisesNothing()
    {
        _folder.Delete(recursive: true);

        Assert.ThrowsAny<IOException>(() => Begin(100));
        Assert.Equal((Nano.Zero, Nano.Zero), (_payer.Promised, _payer.Unsure));
        _folder.Create();
    }

    [Fact]
    public void Context_OfAVoucher_CoversTheReceiptsBeforeIt()
    {
        PaidRequest first = Begin(100);
        Bits256 receipt = new(RandomNumberGenerator.GetBytes(32));
        first.Settle(new Nano(100), receipt);
        Bits256 before = Read(first).Voucher.Context;

        Assert.Equal(VoucherContext.Next(before, UsageRoot.Of([receipt])), Read(Begin(1)).Voucher.Context);
    }

    [Fact]
    public void Settle_ManyWithinOnePromise_FoldsTheReceiptsIntoTheContext()
    {
        Bits256 first = Read(Begin(1)).Voucher.Context;
        Bits256[] receipts = [.. Enumerable.Range(0, 5000).Select(_ => new Bits256(RandomNumberGenerator.GetBytes(32)))];
        foreach (Bits256 receipt in receipts)
        {
            // Free: the first promise suffices for ever.
            Begin(0).Settle(Nano.Zero, receipt);
        }

        Assert.True(new FileInfo(_path).Length < 200_000);
        Reopen();
        Bits256 folded = VoucherContext.Next(first, UsageRoot.Of(receipts.AsSpan(0, 4096)));
        Assert.Equal(VoucherContext.Next(folded, UsageRoot.Of(receipts.AsSpan(4096))), Read(Begin(1)).Voucher.Context);
    }

    [Fact]
    public void Refused_BeforeAnythingWasHeld_CostsNothing()
    {
        Begin(100).Refused();
        Assert.Equal((new Nano(100), Nano.Zero, Nano.Zero), Peek());
        Assert.Equal(new Nano(100), Read(Begin(100)).Voucher.Cumulative);
    }

    [Fact]
    public void Open_BySecondProcess_IsRefused() => Assert.Throws<IOException>(Open);

    [Fact]
    public void Open_WithAnotherKey_IsRefused()
    {
        _payer.Dispose();
        using var other = new SigningKey(RandomNumberGenerator.GetBytes(32));
        Assert.Throws<InvalidDataException>(() => ChannelPayer.Open(_path, other));
        _payer = Open();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"version":1}""")]
    [InlineData("null")]
    public void Peek_BadFile_IsRefused(string content)
    {
        string path = Path.Combine(_folder.FullName, "bad.json");
        File.WriteAllText(path, content);
        Assert.Throws<InvalidDataException>(() => ChannelPayer.Peek(path));
    }

    [Fact]
    public void Payer_Restored_CatchesUp()
    {
        string backup = File.ReadAllText(_path);
        Begin(100).Settle(new Nano(60), default);
        SignedVoucher held = Read(Begin(500));
        _payer.Dispose();
        File.WriteAllText(_path, backup);
        _payer = Open();

        // The operator holds the higher voucher, and counts 60 used; the second request came to 340.
        Assert.True(_payer.CatchUp(Word(captured: 400, held)));

        Assert.Equal((held.Voucher.Cumulative, new Nano(400)), (_payer.Promised, _payer.Used));
        SignedVoucher next = Read(Begin(300));
        Assert.Equal((held.Voucher.Serial + 1, new Nano(700)), (next.Voucher.Serial, next.Voucher.Cumulative));
    }

    [Fact]
    public void CatchUp_UnknownEnd_TakesWhatTheOperatorSaysWithinTheCap()
    {
        Begin(100).Dispose();
        Assert.True(_payer.NeedsWord);

        Assert.True(_payer.CatchUp(Word(captured: 30, null)));

        Assert.Equal((new Nano(30), Nano.Zero, false), (_payer.Used, _payer.Unsure, _payer.NeedsWord));
    }

    [Fact]
    public void CatchUp_WhileTheOperatorHoldsSomething_WaitsForTheEnd()
    {
        Begin(100).Dispose();
        Assert.False(_payer.CatchUp(Word(captured: 0, null) with { Held = new Nano(100) }));
        Assert.Equal((Nano.Zero, new Nano(100)), (_payer.Used, _payer.Unsure));
    }

    [Fact]
    public void Operator_Overcharge_LimitedAndVisible()
    {
        Begin(100).Settle(new Nano(30), default);
        Begin(50).Dispose();

        // It says that a thousand was used, and that it got everything that was signed: signed is what was asked for, and no word makes the payer sign more.
        OperatorChannel word = Word(captured: 1000, null) with { Claimed = new Nano(100) };
        Assert.Equal(new Nano(920), word.Beyond(_payer.Promised, _payer.Used, _payer.Unsure));
        _payer.CatchUp(word);
        Assert.Equal((new Nano(80), new Nano(100)), (_payer.Used, _payer.Promised));
        Assert.Equal(new Nano(105), Read(Begin(25)).Voucher.Cumulative);

        // Vouchers that it made up, or of other channels and networks, change nothing.
        using var own = new SigningKey(_seed);
        using var stranger = new SigningKey(RandomNumberGenerator.GetBytes(32));
        SignedVoucher[] madeUp =
        [
            new Voucher(TonNetwork.Development, _terms.Address, 99, Nano.FromCoins(1), default).Sign(stranger),
            new Voucher(TonNetwork.Mainnet, _terms.Address, 99, Nano.FromCoins(1), default).Sign(own),
            new Voucher(TonNetwork.Development, Address(), 99, Nano.FromCoins(1), default).Sign(own),
        ];
        foreach (SignedVoucher voucher in madeUp)
        {
            _payer.CatchUp(Word(captured: 1000, voucher) with { Held = new Nano(1) });
            Assert.Equal(new Nano(105), _payer.Promised);
        }
    }

    private static TonAddress Address() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    private static SignedVoucher Read(PaidRequest request) => SignedVoucher.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(request.Header));

    private OperatorChannel Word(long captured, SignedVoucher? voucher) =>
        new(_terms.Address.ToString(), "open", Nano.FromCoins(10), Nano.Zero, new Nano(captured), Nano.Zero, voucher, 0);

    private PaidRequest Begin(long cap) => _payer.Begin(Guid.NewGuid(), new Nano(cap));

    private ChannelPayer Open() => ChannelPayer.Open(_path, new SigningKey(_seed));

    private void Reopen()
    {
        _payer.Dispose();
        _payer = Open();
    }

    private (Nano Promised, Nano Used, Nano Unsure) Peek()
    {
        (_, _, Nano promised, Nano used, Nano unsure) = ChannelPayer.Peek(_path);
        return (promised, used, unsure);
    }
}
