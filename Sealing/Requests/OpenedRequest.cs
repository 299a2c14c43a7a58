using System.Buffers;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>A request that a worker has opened and checked. Disposing of it clears the prompt.</summary>
public sealed class OpenedRequest : IDisposable
{
    private readonly AddressedWorker _worker;
    private readonly Memory<byte> _body;
    private bool _answered;

    internal OpenedRequest(RequestHeader header, Digest headerHash, AddressedWorker worker, RequestMeta meta, Memory<byte> body)
    {
        Header = header;
        HeaderHash = headerHash;
        _worker = worker;
        Meta = meta;
        _body = body;
    }

    /// <summary>Its clear part.</summary>
    public RequestHeader Header { get; }

    /// <summary>The hash that binds the clear part; receipts name it.</summary>
    public Digest HeaderHash { get; }

    /// <summary>Under which of the worker's statements it came.</summary>
    public BoundStatement Statement => _worker.Statement;

    /// <summary>The first record.</summary>
    public RequestMeta Meta { get; }

    /// <summary>The body; gone once this is disposed of.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>Begins the one answer to it.</summary>
    /// <param name="output">Where its bytes go. They are written, never flushed: who owns the output decides when they leave.</param>
    /// <exception cref="InvalidOperationException">It is answered already: two answers would be two receipts.</exception>
    public AnswerSealer Answer(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_answered)
        {
            throw new InvalidOperationException("The request is answered already.");
        }

        _answered = true;
        return new AnswerSealer(Header, HeaderHash, _worker, output);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _worker.Dispose();
        CryptographicOperations.ZeroMemory(_body.Span);
    }
}
