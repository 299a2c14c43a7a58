using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CocoonOrleans.Client.Answers;

/// <summary>A chat's answer as server-sent events, while it comes. It ends with <c>[DONE]</c> only where the whole answer was verified; else reading fails.</summary>
internal sealed class ChatStream : Stream
{
    private readonly OpenedAnswer _answer;
    private readonly bool _includesUsage;
    private readonly ChunkEvents _events = new();
    private byte[] _piece;
    private int _at;
    private bool _hasEnded;

    /// <summary>Begins with the first piece of the body.</summary>
    /// <param name="answer">The rest; disposed of with this.</param>
    /// <param name="first">The first piece.</param>
    /// <param name="includesUsage">Whether the usage is told at the end.</param>
    public ChatStream(OpenedAnswer answer, byte[] first, bool includesUsage)
    {
        _answer = answer;
        _includesUsage = includesUsage;
        _piece = Write(_events.Take(first));
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_at == _piece.Length)
        {
            if (_hasEnded)
            {
                return 0;
            }

            _piece = await NextAsync(cancellationToken);
            _at = 0;
        }

        var length = Math.Min(buffer.Length, _piece.Length - _at);
        _piece.AsMemory(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _answer.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _answer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private static bool Ends(JsonElement chunk) => chunk.GetProperty("choices").EnumerateArray()
        .Any(choice => choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String);

    /// <summary>The chunks that are whole, as they came; the one that ends an answer says who served it.</summary>
    private byte[] Write(IReadOnlyList<JsonElement> chunks)
    {
        var written = new ArrayBufferWriter<byte>();
        foreach (var chunk in chunks)
        {
            written.Write("data: "u8);
            written.Write(Ends(chunk) ? AnswerDocuments.WithProvider(chunk, _answer.Worker!, _answer.Engine!) : JsonMarshal.GetRawUtf8Value(chunk));
            written.Write("\n\n"u8);
        }

        return written.WrittenSpan.ToArray();
    }

    private async Task<byte[]> NextAsync(CancellationToken cancellationToken)
    {
        if (await _answer.ReadAsync(cancellationToken) is { } piece)
        {
            return Write(_events.Take(piece.Span));
        }

        if (_answer.Error is { } error)
        {
            if (_answer.FailedUsage is { } charged)
            {
                _events.Compare(charged);
            }

            throw new SealingRefusedException(SealingRefusalCodes.AnswerFailed, $"The worker failed in the middle of its answer: {error.Message}");
        }

        _events.End(_answer.Usage!);
        _hasEnded = true;
        return _includesUsage
            ? [.. "data: "u8, .. AnswerDocuments.UsageChunk(_events, _answer.Usage!), .. "\n\ndata: [DONE]\n\n"u8]
            : [.. "data: [DONE]\n\n"u8];
    }
}
