using System.Text;
using System.Text.Json;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost;

/// <summary>A job under way at a worker: what was sealed to it, and its answer as it is opened.</summary>
public sealed class SentJob : IAsyncDisposable
{
    private readonly SealedRequest _request;
    private readonly JobStream _stream;
    private readonly AnswerReader _records;
    private readonly StringBuilder _rest = new();

    public SentJob(SealedRequest request, JobStream stream)
    {
        (_request, _stream) = (request, stream);
        Opener = request.OpenAnswer();
        _records = new AnswerReader(Opener, stream.Body);
    }

    public AnswerOpener Opener { get; }

    /// <summary>Why it isn't done; null where it is taken.</summary>
    public JobRefusal? Refusal => _stream.Refusal;

    /// <summary>The next record; null at the end.</summary>
    public async Task<SealedRecord?> ReadAsync() => await _records.ReadAsync(CancellationToken.None);

    /// <summary>The events that a record ends.</summary>
    public IEnumerable<JsonElement> EventsOf(SealedRecord record)
    {
        string[] parts = _rest.Append(Encoding.UTF8.GetString(record.Data.Span)).ToString().Split("\n\n");
        _rest.Clear().Append(parts[^1]);
        foreach (string part in parts[..^1])
        {
            Assert.StartsWith("data: ", part, StringComparison.Ordinal);
            yield return JsonElement.Parse(Encoding.UTF8.GetBytes(part["data: ".Length..]));
        }
    }

    /// <summary>Reads until so many events have come.</summary>
    public async Task ReadEventsAsync(int count)
    {
        while (count > 0)
        {
            SealedRecord record = await ReadAsync() ?? throw new InvalidOperationException("The answer has ended.");
            count -= record.Type == SealedRecordType.Data ? EventsOf(record).Count() : 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        Opener.Dispose();
        _request.Dispose();
    }
}
