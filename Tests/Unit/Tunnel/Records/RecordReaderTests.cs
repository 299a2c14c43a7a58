using System.Buffers.Binary;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CsCheck;
using Record = CocoonOrleans.Tunnel.Records.Record;

namespace CocoonOrleans.Tests.Unit.Tunnel.Records;

public sealed class RecordReaderTests
{
    private static readonly JobError Error = new("no_free_slot", "All slots are taken.", true);

    [Fact]
    public async Task Read_AnyCutting_GivesWhatWasWritten()
    {
        await Gen.Select(Gen.Byte.Array[0, 300].Array[0, 8], Gen.Int[1, 40]).SampleAsync(async (chunks, cut) =>
        {
            byte[] bytes = await Samples.BytesAsync(async writer =>
            {
                await writer.WriteAsync(Samples.Meta, default);
                await writer.WriteHeartbeatAsync(default);
                foreach (byte[] chunk in chunks)
                    await writer.WriteDataAsync(chunk, default);
                await writer.WriteAsync(Error, default);
            });
            var read = await ReadAsync(new CuttingStream(bytes, cut));
            Assert.Equal([RecordType.Meta, RecordType.Heartbeat, .. chunks.Select(_ => RecordType.Data), RecordType.Error], read.Select(record => record.Type));
            Assert.Equal(chunks, read.Where(record => record.Type == RecordType.Data).Select(record => record.Body.ToArray()));
            Assert.Equal(Samples.Meta, read[0].ReadMeta());
            Assert.Equal(Error, read[^1].ReadError());
        }, iter: 200);
    }

    [Fact]
    public async Task Read_AnyBytes_GivesRecordsOrATypedError()
    {
        var bytes = Gen.OneOf(
            Gen.Byte.Array[0, 200],
            // Mostly right headers, to get beyond the first check.
            Gen.Select(Gen.Byte[0, 5], Gen.Int[0, 20], Gen.Byte.Array[0, 20]).Array[1, 6]
                .Select(parts => parts.SelectMany(part => (byte[])[part.Item1, 0, 0, 0, (byte)part.Item2, .. part.Item3]).ToArray()));
        await bytes.SampleAsync(async input =>
        {
            try
            {
                await ReadAsync(new MemoryStream(input));
            }
            catch (RecordFormatException)
            {
                // the one exception that may come
            }
        }, iter: 2000);
    }

    [Fact]
    public async Task Read_EveryPrefixOfAnAnswer_IsTruncated()
    {
        byte[] bytes = await Samples.BytesAsync(async writer =>
        {
            await writer.WriteAsync(Samples.Meta, default);
            await writer.WriteDataAsync("{}"u8, default);
            await writer.WriteAsync(Error, default);
        });
        for (int length = 0; length < bytes.Length; length++)
            Assert.Equal(RecordFault.Truncated, await FaultAsync(bytes[..length]));
    }

    [Theory]
    [InlineData(5, 0, RecordFault.UnknownType)]
    [InlineData(255, 0, RecordFault.UnknownType)]
    [InlineData(1, 0, RecordFault.OutOfOrder)]
    [InlineData(2, 0, RecordFault.OutOfOrder)]
    [InlineData(3, 0, RecordFault.OutOfOrder)]
    [InlineData(0, (16 << 10) + 1, RecordFault.TooLong)]
    [InlineData(4, uint.MaxValue, RecordFault.TooLong)]
    public async Task Read_BadFirstHeader_HasItsFault(byte type, uint length, RecordFault fault)
    {
        var header = new byte[Record.HeaderBytes];
        header[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), length);
        Assert.Equal(fault, await FaultAsync(header));
    }

    [Fact]
    public async Task Read_SecondMeta_IsOutOfOrder() => Assert.Equal(RecordFault.OutOfOrder, await FaultAsync(await Samples.BytesAsync(async writer =>
    {
        await writer.WriteAsync(Samples.Meta, default);
        await writer.WriteAsync(Samples.Meta, default);
    })));

    [Fact]
    public async Task Read_HeartbeatWithBody_IsTooLong() => Assert.Equal(RecordFault.TooLong, await FaultAsync(
        [.. await Samples.BytesAsync(async writer => await writer.WriteAsync(Samples.Meta, default)), 2, 0, 0, 0, 1, 0]));

    [Fact]
    public async Task Read_BytesAfterTheLastRecord_AreTrailing() => Assert.Equal(RecordFault.TrailingBytes, await FaultAsync(
        [.. await Samples.BytesAsync(async writer => await writer.WriteAsync(Error, default)), 2]));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"code\":1}")]
    [InlineData("{\"code\":null,\"message\":\"\",\"retryable\":true}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[")]
    public void ReadError_WrongJson_IsBadBody(string json)
    {
        var record = new Record(RecordType.Error, System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(RecordFault.BadBody, Assert.Throws<RecordFormatException>(() => record.ReadError()).Fault);
    }

    [Fact]
    public async Task Write_ChunkAboveTheBound_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(() =>
        Samples.BytesAsync(async writer => await writer.WriteDataAsync(new byte[Record.MaxDataBytes + 1], default)));

    private static async Task<RecordFault> FaultAsync(byte[] bytes) =>
        (await Assert.ThrowsAsync<RecordFormatException>(() => ReadAsync(new MemoryStream(bytes)))).Fault;

    private static async Task<List<Record>> ReadAsync(Stream stream)
    {
        var reader = new RecordReader(stream);
        var records = new List<Record>();
        while (await reader.ReadAsync(CancellationToken.None) is { } record)
            records.Add(record with { Body = record.Body.ToArray() });
        return records;
    }

    /// <summary>Gives at most so many bytes a read.</summary>
    private sealed class CuttingStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
