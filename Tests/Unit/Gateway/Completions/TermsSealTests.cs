using System.Buffers.Text;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Gateway.Completions;

public sealed class TermsSealTests
{
    private static readonly Guid Job = new("01890000-0000-7000-8000-000000000001");
    private static readonly Guid Lease = new("01890000-0000-7000-8000-000000000002");
    private static readonly string Worker = new('a', 64);
    private static readonly ReceiptBinding Binding = new(Digest.Of("header"u8), Digest.Of("statement"u8), Enumerable.Range(0, 65).Select(i => (byte)i).ToArray(), Digest.Of("model"u8));
    private static readonly JobTerms Terms = new(Guid.NewGuid(), new string('c', 64), new string('p', 64), new TokenPrices(new(1), new(2), new(3), new(4)), 17, 256, Binding);

    private readonly TermsSeal _seal = new(new byte[32]);

    [Fact]
    public void Open_SealedHere_GivesTheTerms()
    {
        JobTerms opened = _seal.Open(_seal.Seal(Terms, Job, Lease, Worker), Job, Lease, Worker)!;

        Assert.Equal(Binding.ReceiptKey.ToArray(), opened.Receipt.ReceiptKey.ToArray());
        Assert.Equal(Terms, opened with { Receipt = opened.Receipt with { ReceiptKey = Binding.ReceiptKey } });
    }

    [Fact]
    public void Seal_LongestTerms_FitTheHeader() => Assert.InRange(_seal.Seal(Terms, Job, Lease, Worker).Length, 1, JobDispatch.LargestTerms);

    [Fact]
    public void Seal_Account_CanNotBeRead() =>
        Assert.DoesNotContain("cccccccc", System.Text.Encoding.Latin1.GetString(Base64Url.DecodeFromChars(_seal.Seal(Terms, Job, Lease, Worker))), StringComparison.Ordinal);

    [Fact]
    public void Open_OtherJobLeaseOrWorker_GivesNothing()
    {
        string terms = _seal.Seal(Terms, Job, Lease, Worker);

        Assert.Null(_seal.Open(terms, Lease, Lease, Worker));
        Assert.Null(_seal.Open(terms, Job, Job, Worker));
        Assert.Null(_seal.Open(terms, Job, Lease, new string('b', 64)));
    }

    [Fact]
    public void Open_OtherKey_GivesNothing()
    {
        byte[] other = new byte[32];
        other[31] = 1;

        Assert.Null(new TermsSeal(other).Open(_seal.Seal(Terms, Job, Lease, Worker), Job, Lease, Worker));
    }

    [Fact]
    public void Open_AnyByteChanged_GivesNothing()
    {
        byte[] terms = Base64Url.DecodeFromChars(_seal.Seal(Terms, Job, Lease, Worker));
        Gen.Select(Gen.Int[0, terms.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            byte[] changed = [.. terms];
            changed[at] ^= change;
            return _seal.Open(Base64Url.EncodeToString(changed), Job, Lease, Worker) is null;
        });
    }

    [Fact]
    public void Open_AnyText_GivesNothing() => Gen.String.Sample(text => _seal.Open(text, Job, Lease, Worker) is null);
}
