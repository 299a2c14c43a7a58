using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tunnel.Records;

/// <summary>Writes records, each flushed at once so that no token waits for the next. Not thread-safe.</summary>
/// <param name="output">Where the bytes go; not completed.</param>
public sealed class RecordWriter(PipeWriter output)
{
    /// <summary>Writes the meta record.</summary>
    public ValueTask WriteAsync(JobMeta meta, CancellationToken cancellationToken) =>
        WriteAsync(RecordType.Meta, JsonSerializer.SerializeToUtf8Bytes(meta, TunnelJson.Default.JobMeta), cancellationToken);

    /// <summary>Writes the final record.</summary>
    public ValueTask WriteAsync(JobFinal final, CancellationToken cancellationToken) =>
        WriteAsync(RecordType.Final, JsonSerializer.SerializeToUtf8Bytes(final, TunnelJson.Default.JobFinal), cancellationToken);

    /// <summary>Writes an error record.</summary>
    public ValueTask WriteAsync(JobError error, CancellationToken cancellationToken) =>
        WriteAsync(RecordType.Error, JsonSerializer.SerializeToUtf8Bytes(error, TunnelJson.Default.JobError), cancellationToken);

    /// <summary>Writes a heartbeat.</summary>
    public ValueTask WriteHeartbeatAsync(CancellationToken cancellationToken) => WriteAsync(RecordType.Heartbeat, default, cancellationToken);

    /// <summary>Writes a data record.</summary>
    /// <param name="chunk">One chunk's JSON, at most <see cref="Record.MaxDataBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the peer to take it.</param>
    /// <exception cref="ArgumentException">The chunk is too long.</exception>
    public ValueTask WriteDataAsync(ReadOnlySpan<byte> chunk, CancellationToken cancellationToken) => WriteAsync(RecordType.Data, chunk, cancellationToken);

    private ValueTask WriteAsync(RecordType type, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length > Record.MaxBytes(type))
            throw new ArgumentException($"A {type} record may have {Record.MaxBytes(type)} bytes, not {body.Length}.", nameof(body));
        Span<byte> header = stackalloc byte[Record.HeaderBytes];
        header[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)body.Length);
        output.Write(header);
        output.Write(body);
        return FlushAsync(cancellationToken);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        FlushResult result = await output.FlushAsync(cancellationToken);
        if (result.IsCompleted)
            throw new OperationCanceledException("The reader of this answer is gone.");
    }
}
