using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CocoonOrleans.Tests.Unit.Sealing;

/// <summary>Records all bytes of a worker's tunnel, both ways, between HTTP/2 and TLS: what whoever breaks TLS sees.</summary>
public sealed class WireTap
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Whether a text has gone over the wire.</summary>
    public bool Saw(string text) => Saw(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether bytes have gone over the wire.</summary>
    public bool Saw(ReadOnlySpan<byte> bytes)
    {
        lock (_bytes)
        {
            return _bytes.WrittenSpan.IndexOf(bytes) >= 0;
        }
    }

    /// <summary>Puts the tap into every connection.</summary>
    public void Listen(ListenOptions listen) => listen.Use(next => connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new Tapped(
            PipeReader.Create(new TappedStream(transport.Input.AsStream(), this)), PipeWriter.Create(new TappedStream(transport.Output.AsStream(), this)));
        return next(connection);
    });

    private void Record(ReadOnlySpan<byte> bytes)
    {
        lock (_bytes)
        {
            _bytes.Write(bytes);
        }
    }

    private sealed record Tapped(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class TappedStream(Stream inner, WireTap tap) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanWrite => inner.CanWrite;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var length = await inner.ReadAsync(buffer, cancellationToken);
            tap.Record(buffer.Span[..length]);
            return length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            tap.Record(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
