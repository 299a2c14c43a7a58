using System.Buffers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tests.Sealing.Requests;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Answers;

public sealed class AnswerOpenerTests : IDisposable
{
    private readonly TestWorker _worker;
    private readonly TestWorker _second;
    private readonly SealedRequest _request;

    public AnswerOpenerTests()
    {
        var time = new FakeTimeProvider(Sample.Start);
        _worker = new TestWorker(time);
        _second = new TestWorker(time);
        _request = _worker.Seal([_second]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(150)]
    [InlineData(int.MaxValue)]
    public void Answer_InPiecesOfAnyLength_IsRead(int segment)
    {
        using var opened = _worker.Open(_request);
        var answer = Sample.Read(_request, Sample.Answer(opened, _worker.Receipts, "an ", "answer ", new string('x', 40_000)), segment);

        Assert.Equal((SealingFault.None, ReceiptFault.None), (answer.Fault, answer.ReceiptFault));
        Assert.Equal("an answer " + new string('x', 40_000), answer.Text);
        Assert.Equal((200, "stop"), (answer.Meta!.Status, answer.Final!.FinishReason));
        Assert.Equal(Sample.Usage, answer.Receipt!.Usage);
        Assert.Equal(
            [SealedRecordType.Meta, SealedRecordType.Data, SealedRecordType.Data, SealedRecordType.Data, SealedRecordType.Data, SealedRecordType.Final], answer.Types);
    }

    [Fact]
    public void Records_DroppedSwappedRepeatedOrAdded_AreEachRefused()
    {
        using var opened = _worker.Open(_request);
        var (before, records) = Tamper.Split(Sample.Answer(opened, _worker.Receipts, "one ", "two ", "three "));

        Assert.Equal((SealingFault.Truncated, "one two three "), Read(records[..^1]));
        Assert.Equal((SealingFault.Truncated, ""), Read([]));
        Assert.Equal((SealingFault.Truncated, "one two "), Read([.. records[..3], records[3][..^1]]));
        Assert.Equal((SealingFault.RecordRejected, "one "), Read([.. records[..2], .. records[3..]]));
        Assert.Equal((SealingFault.RecordRejected, "one "), Read([.. records[..2], records[3], records[2], records[4]]));
        Assert.Equal((SealingFault.RecordRejected, "one "), Read([.. records[..2], records[1], .. records[2..]]));
        Assert.Equal((SealingFault.RecordRejected, ""), Read(records[1..]));
        Assert.Equal((SealingFault.TrailingBytes, "one two three "), Read([.. records, [0]]));
        Assert.Equal((SealingFault.Malformed, "one two three "), Read([.. records[..^1], [0, 0, 0, 18, .. records[^1][4..]]]));
        Assert.Equal((SealingFault.None, "one two three "), Read(records));

        (SealingFault, string) Read(IEnumerable<byte[]> changed)
        {
            var answer = Sample.Read(_request, Tamper.Join(before, changed));
            return (answer.Fault, answer.Text);
        }
    }

    [Fact]
    public void Answer_OfTheOtherRecipientUnderThisOnesName_DoesNotOpen()
    {
        using var opened = _second.Open(_request);
        var answer = Sample.Answer(opened, _second.Receipts, "a lie");
        Assert.Equal(SealingFault.None, Sample.Read(_request, answer).Fault);

        _worker.Statement.Hash.CopyTo(answer.AsSpan(4));
        Assert.Equal((SealingFault.RecordRejected, ""), (Sample.Read(_request, answer).Fault, Sample.Read(_request, answer).Text));

        Digest.Of("nobody"u8).CopyTo(answer.AsSpan(4));
        Assert.Equal(SealingFault.UnknownWorker, Sample.Read(_request, answer).Fault);
    }

    [Fact]
    public void Answer_ToAnotherRequest_DoesNotOpen()
    {
        using var other = _worker.Seal([_second]);
        using var opened = _worker.Open(other);

        Assert.Equal(SealingFault.RecordRejected, Sample.Read(_request, Sample.Answer(opened, _worker.Receipts, "for another")).Fault);
    }

    [Fact]
    public void Stream_JoinedOfTwoAnswers_IsRefused()
    {
        using var again = _worker.Seal();
        using var opened = _worker.Open(_request);
        using var openedAgain = _worker.Open(again);
        var (before, records) = Tamper.Split(Sample.Answer(opened, _worker.Receipts, "one ", "two "));
        var (_, others) = Tamper.Split(Sample.Answer(openedAgain, _worker.Receipts, "one ", "two "));

        Assert.Equal(SealingFault.RecordRejected, Sample.Read(_request, Tamper.Join(before, [.. records[..2], .. others[2..]])).Fault);
    }

    [Fact]
    public void Answer_WithEachByteChanged_IsNeverWhole()
    {
        using var opened = _worker.Open(_request);
        var answer = Sample.Answer(opened, _worker.Receipts, "one ", "two ");
        for (var i = 0; i < answer.Length; i++)
        {
            answer[i] ^= (byte)(1 << (i % 8));
            var read = Sample.Read(_request, answer);
            Assert.NotEqual(SealingFault.None, read.Fault);
            Assert.StartsWith(read.Text, "one two ");
            answer[i] ^= (byte)(1 << (i % 8));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("messages[0].content")]
    public void Error_InPlaceOfAnAnswer_IsReadWithoutAReceipt(string? field)
    {
        var error = new AnswerError("no_free_slot", "All slots are taken.", IsRetryable: true, Field: field);
        var output = new ArrayBufferWriter<byte>();
        using var opened = _worker.Open(_request);
        using var answer = opened.Answer(output);
        answer.WriteError(error);

        var read = Sample.Read(_request, output.WrittenSpan);
        Assert.Equal((SealingFault.None, ReceiptFault.Missing), (read.Fault, read.ReceiptFault));
        Assert.Equal(error, read.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Error_FieldOutOfItsRange_IsNamed(string field)
    {
        using var opened = _worker.Open(_request);
        using var answer = opened.Answer(new ArrayBufferWriter<byte>());

        Assert.Equal("Field", Assert.Throws<ArgumentException>(() => answer.WriteError(new AnswerError("code", "message", IsRetryable: false, Field: field))).ParamName);
    }

    [Fact]
    public void Error_InAnAnswer_CarriesAReceiptOfWhatCameBefore()
    {
        var output = new ArrayBufferWriter<byte>();
        using var opened = _worker.Open(_request);
        using var answer = opened.Answer(output);
        answer.Write(new AnswerMeta(200, "text/event-stream", Sample.Model, "native 1.0"));
        answer.WriteHeartbeat();
        answer.WriteData("one"u8);
        answer.WriteError("engine_failed", "The engine failed.", true, Sample.Usage, _worker.Receipts);

        var read = Sample.Read(_request, output.WrittenSpan);
        Assert.Equal((SealingFault.None, ReceiptFault.None, ReceiptStatus.Error), (read.Fault, read.ReceiptFault, read.Receipt!.Status));
        Assert.Equal("one", read.Text);
    }

    [Fact]
    public void Padding_Strict_HidesWhatIsSaid()
    {
        var (one, other) = (Lengths("a", "bc"), Lengths(new string('x', 400), "y"));
        Assert.Equal(one, other);
        Assert.All(one, length => Assert.Equal(512, length));

        static int[] Lengths(params string[] pieces)
        {
            using var worker = new TestWorker(new FakeTimeProvider(Sample.Start));
            using var request = worker.Seal(terms: Sample.Terms(Sample.Start, TrafficPadding.Strict));
            using var opened = worker.Open(request);
            return [.. Tamper.Split(Sample.Answer(opened, worker.Receipts, pieces)).Records.Select(record => record.Length)];
        }
    }

    [Theory]
    [InlineData(TrafficPadding.Off, 103)]
    [InlineData(TrafficPadding.Balanced, 128)]
    [InlineData(TrafficPadding.Strict, 492)]
    public void Plaintext_OfAHundredBytes_IsPadded(TrafficPadding padding, int length)
    {
        using var request = _worker.Seal(terms: Sample.Terms(Sample.Start, padding));
        using var opened = _worker.Open(request);

        Assert.Equal(length + 20, Tamper.Split(Sample.Answer(opened, _worker.Receipts, new string('x', 100))).Records[1].Length);
    }

    [Fact]
    public void Answer_OutOfOrder_CantBeWritten()
    {
        using var opened = _worker.Open(_request);
        using var answer = opened.Answer(new ArrayBufferWriter<byte>());
        var meta = new AnswerMeta(200, "text/event-stream", Sample.Model, "native 1.0");

        Assert.Throws<InvalidOperationException>(() => opened.Answer(new ArrayBufferWriter<byte>()));
        Assert.Throws<InvalidOperationException>(() => answer.WriteData("x"u8));
        Assert.Throws<InvalidOperationException>(answer.WriteHeartbeat);
        answer.Write(meta);
        Assert.Throws<InvalidOperationException>(() => answer.Write(meta));
        answer.WriteFinal("stop", Sample.Usage, _worker.Receipts);
        Assert.Throws<InvalidOperationException>(() => answer.WriteData("x"u8));
        Assert.Throws<InvalidOperationException>(() => answer.WriteError("code", "message", false));
        Assert.Throws<InvalidOperationException>(() => answer.Abandon(Sample.Usage, _worker.Receipts));
    }

    [Fact]
    public async Task Reader_OfAPipe_GivesTheRecordsAndTheEnd()
    {
        using var opened = _worker.Open(_request);
        var pipe = new System.IO.Pipelines.Pipe();
        var bytes = Sample.Answer(opened, _worker.Receipts, "one ", "two ");
        var writing = Task.Run(async () =>
        {
            foreach (var piece in bytes.Chunk(11))
            {
                await pipe.Writer.WriteAsync(piece);
            }

            await pipe.Writer.CompleteAsync();
        });

        using var opener = _request.OpenAnswer();
        var reader = new AnswerReader(opener, pipe.Reader);
        var text = "";
        while (await reader.ReadAsync(CancellationToken.None) is { } record)
        {
            text += record.Type == SealedRecordType.Data ? System.Text.Encoding.UTF8.GetString(record.Data.Span) : "";
        }

        await writing;
        Assert.Equal(("one two ", SealingFault.None, "stop"), (text, opener.Fault, opener.Final?.FinishReason));
    }

    public void Dispose()
    {
        _request.Dispose();
        _worker.Dispose();
        _second.Dispose();
    }
}
