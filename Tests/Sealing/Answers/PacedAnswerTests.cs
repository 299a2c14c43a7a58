using System.IO.Pipelines;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Answers;

public sealed class PacedAnswerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly List<string> _seen = [];
    private readonly TestWorker _worker;
    private SealedRequest _request = null!;
    private OpenedRequest _opened = null!;
    private AnswerOpener _opener = null!;

    public PacedAnswerTests() => _worker = new TestWorker(_time);

    [Fact]
    public async Task Off_EachWrite_IsARecordAtOnce()
    {
        await using var answer = await BeginAsync(TrafficPadding.Off);
        await answer.WriteDataAsync("one"u8.ToArray());
        await answer.WriteDataAsync("two"u8.ToArray());
        Assert.Equal(["Meta ", "Data one", "Data two"], Read());

        _time.Advance(PacedAnswer.HeartbeatPeriod);
        _time.Advance(PacedAnswer.HeartbeatPeriod);
        Assert.Equal(["Heartbeat ", "Heartbeat "], Read());

        await answer.WriteFinalAsync("stop", Sample.Usage, _worker.Receipts);
        Assert.Equal(["Final"], Read());
        AssertWhole();
    }

    [Fact]
    public async Task Balanced_TheFirst_GoesAtOnceAndWhatComesSoonAfterGoesTogether()
    {
        await using var answer = await BeginAsync(TrafficPadding.Balanced);
        await answer.WriteDataAsync("one"u8.ToArray());
        Assert.Equal(["Meta ", "Data one"], Read());

        _time.Advance(TimeSpan.FromMilliseconds(20));
        await answer.WriteDataAsync("two "u8.ToArray());
        _time.Advance(TimeSpan.FromMilliseconds(39));
        await answer.WriteDataAsync("three "u8.ToArray());
        Assert.Empty(Read());

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["Data two three "], Read());

        _time.Advance(PacedAnswer.HeartbeatPeriod);
        Assert.Equal(["Heartbeat "], Read());

        await answer.WriteDataAsync("four"u8.ToArray());
        Assert.Equal(["Data four"], Read());

        await answer.WriteDataAsync("five"u8.ToArray());
        await answer.WriteFinalAsync("stop", Sample.Usage, _worker.Receipts);
        Assert.Equal(["Data five", "Final"], Read());
        AssertWhole();
    }

    [Fact]
    public async Task Balanced_MoreThanARecord_DoesNotWait()
    {
        await using var answer = await BeginAsync(TrafficPadding.Balanced);
        await answer.WriteDataAsync(new byte[40_000]);

        Assert.Equal(2, Read().Count);
        _time.Advance(PacedAnswer.Gathering);
        Assert.Single(Read());
    }

    [Fact]
    public async Task Strict_EachTick_IsOneRecordWhateverThereIsToSay()
    {
        await using var answer = await BeginAsync(TrafficPadding.Strict);
        Assert.Equal(512, Length());
        await answer.WriteDataAsync(System.Text.Encoding.ASCII.GetBytes(new string('x', 600)));
        Assert.Equal(0, Length());

        for (var tick = 0; tick < 4; tick++)
        {
            _time.Advance(PacedAnswer.Tick);
            Assert.Equal(512, Length());
        }

        var ending = answer.WriteFinalAsync("stop", Sample.Usage, _worker.Receipts);
        Assert.False(ending.IsCompleted);
        _time.Advance(PacedAnswer.Tick);
        await ending;
        Assert.Equal(512, Length());
        _time.Advance(PacedAnswer.Tick);
        Assert.Equal(0, Length());

        Assert.Equal(["Meta ", $"Data {new string('x', 489)}", $"Data {new string('x', 111)}", "Heartbeat ", "Heartbeat ", "Final"], _seen);
        AssertWhole();
    }

    [Fact]
    public async Task Strict_TheEnd_WaitsForWhatIsStillToBeSaid()
    {
        await using var answer = await BeginAsync(TrafficPadding.Strict);
        await answer.WriteDataAsync(new byte[1000]);
        var ending = answer.WriteFinalAsync("stop", Sample.Usage, _worker.Receipts);

        for (var tick = 0; tick < 3; tick++)
        {
            _time.Advance(PacedAnswer.Tick);
            Read();
            Assert.Null(_opener.Final);
        }

        _time.Advance(PacedAnswer.Tick);
        await ending;
        Read();
        AssertWhole();
    }

    [Fact]
    public async Task Strict_AModelFasterThanTheTicks_WaitsForThem()
    {
        await using var answer = await BeginAsync(TrafficPadding.Strict);
        await answer.WriteDataAsync(new byte[60_000]);
        var writing = answer.WriteDataAsync(new byte[30_000]).AsTask();
        Assert.False(writing.IsCompleted);

        var ticks = 0;
        for (; !writing.IsCompleted; ticks++)
        {
            _time.Advance(PacedAnswer.Tick);
            await Task.Yield();
        }

        await writing;
        Assert.InRange(ticks, (90_000 - 65_536) / 489, int.MaxValue);
    }

    [Theory]
    [InlineData(TrafficPadding.Off)]
    [InlineData(TrafficPadding.Strict)]
    public async Task Answer_ThatNobodyWants_HasAReceiptAndNoEnd(TrafficPadding padding)
    {
        await using var answer = await BeginAsync(padding);
        await answer.WriteDataAsync("one"u8.ToArray());

        var signed = await answer.AbandonAsync(Sample.Usage, _worker.Receipts);
        _time.Advance(PacedAnswer.HeartbeatPeriod);

        Assert.Equal(ReceiptFault.None, signed.Check(_worker.Statement, out var receipt));
        Assert.Equal((ReceiptStatus.Partial, _request.HeaderHash), (receipt!.Status, receipt.HeaderHash));
        Read();
        Assert.DoesNotContain("Heartbeat ", _seen);
        Assert.Equal(SealingFault.Truncated, _opener.Complete());
    }

    [Theory]
    [InlineData(TrafficPadding.Off)]
    [InlineData(TrafficPadding.Balanced)]
    public async Task Final_ReceiptThatIsKept_IsKeptBeforeItLeaves(TrafficPadding padding)
    {
        await using var answer = await BeginAsync(padding);
        await answer.WriteDataAsync("one"u8.ToArray());
        Read();
        SignedReceipt? kept = null;

        var signed = await answer.WriteFinalAsync("stop", Sample.Usage, _worker.Receipts, receipt =>
        {
            kept = receipt;
            Assert.Empty(Read());
            return Task.CompletedTask;
        });

        Assert.Same(kept, signed);
        Assert.Equal(["Final"], Read());
        AssertWhole();
    }

    [Fact]
    public async Task Strict_AnErrorBeforeTheFirstRecord_GoesAtOnce()
    {
        Seal(TrafficPadding.Strict);
        await using var answer = new PacedAnswer(_opened, _pipe.Writer, _time, CancellationToken.None);

        await answer.WriteErrorAsync(new AnswerError("no_free_slot", "All slots are taken.", IsRetryable: true));

        Assert.Equal(["Error"], Read());
    }

    [Theory]
    [InlineData(TrafficPadding.Off)]
    [InlineData(TrafficPadding.Balanced)]
    [InlineData(TrafficPadding.Strict)]
    public async Task Output_WhoseReaderIsGone_EndsTheAnswer(TrafficPadding padding)
    {
        await using var answer = await BeginAsync(padding);
        Read();
        await _pipe.Reader.CompleteAsync();
        _time.Advance(PacedAnswer.HeartbeatPeriod);

        await Assert.ThrowsAsync<OperationCanceledException>(() => answer.WriteDataAsync(new byte[40_000]).AsTask());
    }

    public void Dispose()
    {
        _pipe.Reader.Complete();
        _opener?.Dispose();
        _opened?.Dispose();
        _request?.Dispose();
        _worker.Dispose();
    }

    private void Seal(TrafficPadding padding)
    {
        _request = _worker.Seal(terms: Sample.Terms(Sample.Start, padding));
        _opened = _worker.Open(_request);
        _opener = _request.OpenAnswer();
    }

    private async Task<PacedAnswer> BeginAsync(TrafficPadding padding)
    {
        Seal(padding);
        var answer = new PacedAnswer(_opened, _pipe.Writer, _time, CancellationToken.None);
        await answer.WriteAsync(new AnswerMeta(200, "text/event-stream", Sample.Model, "native 1.0"));
        return answer;
    }

    /// <summary>Reads all records that are there.</summary>
    private List<string> Read()
    {
        var before = _seen.Count;
        _ = Length();
        return _seen[before..];
    }

    /// <summary>Reads all records that are there: the length of the last one, 0 for none.</summary>
    private int Length()
    {
        if (!_pipe.Reader.TryRead(out var result))
        {
            return 0;
        }

        var (left, length) = (result.Buffer, 0L);
        while (true)
        {
            var from = left;
            if (!_opener.TryRead(ref left, out var record))
            {
                break;
            }

            length = from.Length - left.Length - (_seen.Count == 0 ? 68 : 0);
            var data = record.Type is SealedRecordType.Data ? System.Text.Encoding.ASCII.GetString(record.Data.Span) : "";
            _seen.Add(record.Type is SealedRecordType.Final or SealedRecordType.Error ? $"{record.Type}" : $"{record.Type} {data}");
        }

        Assert.Equal(SealingFault.None, _opener.Fault);
        _pipe.Reader.AdvanceTo(left.Start, left.End);
        return (int)length;
    }

    private void AssertWhole()
    {
        Assert.Equal(SealingFault.None, _opener.Complete());
        Assert.Equal(ReceiptFault.None, _opener.CheckReceipt(out _));
    }
}
