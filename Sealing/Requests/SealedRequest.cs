using System.Buffers.Binary;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>A request as it goes out, and the keys to its answers. Dispose of it once no more answers are read.</summary>
public sealed class SealedRequest : IDisposable
{
    /// <summary>Most bytes of a body that can be sealed.</summary>
    public const int MaxBodyBytes = RequestWriter.MaxBodyBytes;

    // What the meta and final records of an API's request need, generously; and what each record adds.
    private const int MetaAndFinalBytes = 512;
    private const int RecordOverhead = 64;

    private readonly byte[] _bytes;
    private readonly IReadOnlyList<AddressedWorker> _workers;

    internal SealedRequest(byte[] bytes, RequestHeader header, Digest headerHash, IReadOnlyList<AddressedWorker> workers)
    {
        _bytes = bytes;
        Header = header;
        HeaderHash = headerHash;
        _workers = workers;
    }

    /// <summary>
    /// The most bytes that all records of a request have whose method, path and content type are short, as those of an API are: what a prompt is bounded by
    /// for whoever can't count its tokens.
    /// </summary>
    /// <param name="padding">How it is padded.</param>
    /// <param name="bodyBytes">Length of the body, up to <see cref="MaxBodyBytes"/>.</param>
    public static int MostRecordBytes(TrafficPadding padding, int bodyBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bodyBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bodyBytes, MaxBodyBytes);
        return Padding.OfRequest(padding, bodyBytes + MetaAndFinalBytes + (RecordOverhead * ((bodyBytes / RecordFormat.MaxDataBytes) + 1)));
    }

    /// <summary>What goes to the worker.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The bytes of its clear part: what a client keeps of a request whose receipt it keeps.</summary>
    public ReadOnlyMemory<byte> HeaderBytes => _bytes.AsMemory(RequestFormat.PrefixBytes, (int)BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(RequestFormat.PrefixBytes - sizeof(uint))));

    /// <summary>Its clear part.</summary>
    public RequestHeader Header { get; }

    /// <summary>The hash that binds the clear part; receipts name it.</summary>
    public Digest HeaderHash { get; }

    /// <summary>The statements of the workers that can open it, in the header's order.</summary>
    public IReadOnlyList<BoundStatement> Workers => [.. _workers.Select(worker => worker.Statement)];

    /// <summary>Begins to read an answer. Another one may be read where the first worker failed before it said anything.</summary>
    public AnswerOpener OpenAnswer() => new(Header, HeaderHash, _workers);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }
}
