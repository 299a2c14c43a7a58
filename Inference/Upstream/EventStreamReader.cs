using System.Buffers;
using System.IO.Pipelines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// Reads the data of server-sent events (HTML Living Standard, 9.2), with a bound on what one event may hold. Comments and all fields but <c>data</c> are
/// skipped; an event that the end of the stream cuts off is dropped. For one caller.
/// </summary>
/// <param name="stream">The body.</param>
/// <param name="largestEvent">Most bytes of one event's data; no line may be longer than that either, but for its field's name.</param>
internal sealed class EventStreamReader(Stream stream, int largestEvent) : IAsyncDisposable
{
    private const byte LineFeed = (byte)'\n';

    // Room for "data: " and a carriage return.
    private readonly int _longestLine = largestEvent + 16;

    private readonly PipeReader _pipe = PipeReader.Create(stream);
    private readonly ArrayBufferWriter<byte> _data = new();
    private bool _hasData;

    /// <summary>The data of the next event, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="UpstreamFaultException">An event is too large.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        _data.ResetWrittenCount();
        _hasData = false;
        while (true)
        {
            var read = await _pipe.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            var complete = TakeLines(ref rest);
            var held = rest.Length;
            _pipe.AdvanceTo(rest.Start, complete ? rest.Start : rest.End);
            if (complete)
            {
                return _data.WrittenMemory;
            }

            if (held > _longestLine)
            {
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    /// <summary>Takes whole lines off the buffer, up to the end of an event.</summary>
    /// <returns>Whether an event is complete.</returns>
    private bool TakeLines(ref ReadOnlySequence<byte> buffer)
    {
        while (buffer.PositionOf(LineFeed) is { } end)
        {
            var line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            if (TakeLine(line))
            {
                return true;
            }
        }

        return false;
    }

    private bool TakeLine(ReadOnlySequence<byte> line)
    {
        if (line.Length > _longestLine)
        {
            throw TooLarge();
        }

        var reader = new SequenceReader<byte>(line);
        if (reader.IsNext("data:"u8, advancePast: true))
        {
            reader.IsNext((byte)' ', advancePast: true);
            var value = WithoutReturn(reader.UnreadSequence);
            if (value.Length + _data.WrittenCount + (_hasData ? 1 : 0) > largestEvent)
            {
                throw TooLarge();
            }

            if (_hasData)
            {
                _data.Write([LineFeed]);
            }

            foreach (var part in value)
            {
                _data.Write(part.Span);
            }

            _hasData = true;
            return false;
        }

        return _hasData && WithoutReturn(line).IsEmpty;
    }

    private static ReadOnlySequence<byte> WithoutReturn(ReadOnlySequence<byte> line)
        => !line.IsEmpty && line.Slice(line.Length - 1).FirstSpan[0] == (byte)'\r' ? line.Slice(0, line.Length - 1) : line;

    private UpstreamFaultException TooLarge() => new(UpstreamFault.Broken, $"it sent an event of more than {largestEvent} bytes");
}
