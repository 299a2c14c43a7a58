using System.Buffers;
using System.Numerics;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Receipts;

public sealed class SignedReceiptTests : IDisposable
{
    private readonly TestWorker _worker = new(new FakeTimeProvider(Sample.Start));
    private readonly SealedRequest _request;
    private readonly OpenedRequest _opened;

    public SignedReceiptTests()
    {
        _request = _worker.Seal();
        _opened = _worker.Open(_request);
    }

    [Fact]
    public void Receipt_OfAnAnswer_BindsAllOfIt()
    {
        var output = new ArrayBufferWriter<byte>();
        var signed = Answer(output, _worker.Receipts);

        Assert.Equal(ReceiptFault.None, signed.Check(_worker.Statement, out var receipt));
        Assert.Equal(
            (_request.Header.Terms.RequestId, _request.HeaderHash, _worker.Statement.Hash, ReceiptStatus.Complete),
            (receipt!.RequestId, receipt.HeaderHash, receipt.StatementHash, receipt.Status));
        Assert.Equal(Sample.Usage, receipt.Usage);
        Assert.Equal(new Digest(output.WrittenSpan.Slice(36, 32)), receipt.ResponseNonce);
    }

    [Fact]
    public void Receipt_WithEachBitChanged_IsRefused()
    {
        var signed = Answer(new ArrayBufferWriter<byte>(), _worker.Receipts);
        var bytes = signed.Receipt.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit += 3)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(ReceiptFault.None, (signed with { Receipt = bytes.ToArray() }).Check(_worker.Statement, out var receipt));
            Assert.Null(receipt);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Receipt_OfAnotherKeyOrStatement_IsRefused()
    {
        using var other = new ReceiptKey();
        var foreign = Answer(new ArrayBufferWriter<byte>(), other);
        Assert.Equal(ReceiptFault.BadSignature, foreign.Check(_worker.Statement, out _));

        using var again = _worker.Seal();
        using var opened = _worker.Open(again);
        using var answer = opened.Answer(new ArrayBufferWriter<byte>());
        var own = answer.Abandon(Sample.Usage, _worker.Receipts);
        Assert.Equal(ReceiptFault.None, own.Check(_worker.Statement, out var receipt));
        Assert.Equal(ReceiptStatus.Partial, receipt!.Status);
        Assert.Equal(ReceiptFault.OtherAnswer, own.Check(_worker.BeginEpoch(), out _));
    }

    [Fact]
    public void Receipt_OfAnotherModelThanTheAnswers_IsFound()
    {
        var output = new ArrayBufferWriter<byte>();
        using var answer = _opened.Answer(output);
        answer.Write(new AnswerMeta(200, "text/event-stream", Digest.Of("a cheaper model"u8), "native 1.0"));
        answer.WriteFinal("stop", Sample.Usage, _worker.Receipts);

        Assert.Equal((SealingFault.None, ReceiptFault.OtherAnswer), (Sample.Read(_request, output.WrittenSpan).Fault, Sample.Read(_request, output.WrittenSpan).ReceiptFault));
    }

    /// <summary>Why a receipt is never named by a hash over its signature: of (r, s) anybody can make (r, n - s).</summary>
    [Fact]
    public void Signature_ItsOtherHalf_IsValidToo()
    {
        var signed = Answer(new ArrayBufferWriter<byte>(), _worker.Receipts);
        var order = BigInteger.Parse("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", System.Globalization.NumberStyles.HexNumber);
        var s = order - new BigInteger(signed.Signature.Span[32..], isUnsigned: true, isBigEndian: true);
        var half = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] other = [.. signed.Signature.Span[..32], .. new byte[32 - half.Length], .. half];

        Assert.Equal(ReceiptFault.None, (signed with { Signature = other }).Check(_worker.Statement, out _));
    }

    [Fact]
    public void Usage_OutOfItsRange_IsNotSigned()
    {
        using var answer = _opened.Answer(new ArrayBufferWriter<byte>());
        AnswerUsage[] bad =
        [
            Sample.Usage with { CachedTokens = 241 },
            Sample.Usage with { PromptTokens = 1L << 53 },
            Sample.Usage with { ReasoningTokens = 9 },
            Sample.Usage with { Ended = Sample.Start.AddSeconds(-1) },
        ];

        Assert.All(bad, usage => Assert.Throws<ArgumentException>(() => answer.Abandon(usage, _worker.Receipts)));
    }

    public void Dispose()
    {
        _opened.Dispose();
        _request.Dispose();
        _worker.Dispose();
    }

    private SignedReceipt Answer(ArrayBufferWriter<byte> output, ReceiptKey key)
    {
        using var answer = _opened.Answer(output);
        answer.Write(new AnswerMeta(200, "text/event-stream", Sample.Model, "native 1.0"));
        answer.WriteData("an answer"u8);
        return answer.WriteFinal("stop", Sample.Usage, key);
    }
}
