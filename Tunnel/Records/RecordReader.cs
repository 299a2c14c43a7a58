using System.Buffers.Binary;

namespace CocoonOrleans.Tunnel.Records;

/// <summary>
/// Reads an answer record by record and holds it to the protocol: meta or error first, one final or error last, nothing after it. Whatever bytes come,
/// it gives records or throws <see cref="RecordFormatException"/>. Not thread-safe.
/// </summary>
/// <param name="stream">Where the bytes come from; not disposed.</param>
public sealed class RecordReader(Stream stream)
{
    private readonly byte[] _header = new byte[Record.HeaderBytes];
    private byte[] _body = new byte[4096];
    private bool _any;
    private bool _ended;

    /// <summary>Reads the next record.</summary>
    /// <returns>Null after the final or error record, once the stream has ended as well.</returns>
    /// <exception cref="RecordFormatException">The stream breaks the protocol.</exception>
    public async ValueTask<Record?> ReadAsync(CancellationToken cancellationToken)
    {
        int got = await stream.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellationToken);
        if (_ended)
            return got == 0 ? null : throw new RecordFormatException(RecordFault.TrailingBytes, "Bytes follow the last record.");
        if (got < _header.Length)
            throw Truncated();

        RecordType type = CheckType(_header[0]);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(1));
        if (length > (uint)Record.MaxBytes(type))
            throw new RecordFormatException(RecordFault.TooLong, $"A {type} record has {length} bytes; {Record.MaxBytes(type)} are allowed.");

        Memory<byte> body = Room((int)length);
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken) < body.Length)
            throw Truncated();
        return new Record(type, body);
    }

    private RecordType CheckType(byte value)
    {
        var type = (RecordType)value;
        if (type > RecordType.Error)
            throw new RecordFormatException(RecordFault.UnknownType, $"There is no record type {value}.");
        bool inOrder = _any ? type != RecordType.Meta : type is RecordType.Meta or RecordType.Error;
        if (!inOrder)
            throw new RecordFormatException(RecordFault.OutOfOrder, $"A {type} record may not stand here.");
        _any = true;
        _ended = type is RecordType.Final or RecordType.Error;
        return type;
    }

    private Memory<byte> Room(int length)
    {
        if (_body.Length < length)
            _body = new byte[length];
        return _body.AsMemory(0, length);
    }

    private static RecordFormatException Truncated() => new(RecordFault.Truncated, "The stream ended without its last record.");
}
