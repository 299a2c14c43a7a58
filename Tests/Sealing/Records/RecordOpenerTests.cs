using System.Buffers.Binary;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Tests.Sealing.Records;

/// <summary>What opens, and yet breaks the protocol: made by whoever has the key.</summary>
public sealed class RecordOpenerTests
{
    private static readonly byte[] Secret = new byte[32];
    private static readonly Digest HeaderHash = Digest.Of("a header"u8);

    [Fact]
    public void Record_ThatIsWellFormed_IsGiven()
    {
        Assert.Equal([SealingFault.None, SealingFault.None, SealingFault.None], Request(Record(0), Record(1, 2), Record(3, 32, 500)));
        Assert.Equal([SealingFault.None, SealingFault.None, SealingFault.None], Answer(Record(0), Record(2, 0, 400), Record(4)));
        Assert.Equal([SealingFault.None], Answer(Record(4)));
    }

    [Fact]
    public void Record_OfAnUnknownType_IsMalformed() => Assert.Equal(SealingFault.RecordMalformed, Answer(Record(0), Record(5))[^1]);

    [Fact]
    public void Record_WhoseDataIsLongerThanItself_IsMalformed()
    {
        var record = Record(1, 2);
        record[2] = 3;

        Assert.Equal(SealingFault.RecordMalformed, Answer(Record(0), record)[^1]);
    }

    [Fact]
    public void Record_WithOtherPaddingThanZeros_IsMalformed()
    {
        var record = Record(1, 2, 100);
        record[^1] = 1;

        Assert.Equal(SealingFault.RecordMalformed, Answer(Record(0), record)[^1]);
    }

    [Theory]
    [InlineData(0, 16_385)]
    [InlineData(1, 32_769)]
    [InlineData(2, 1)]
    [InlineData(3, 16_385)]
    public void Record_LongerThanItsTypeMayBe_IsMalformed(byte type, int length) =>
        Assert.Equal(SealingFault.RecordMalformed, (type == 0 ? Answer(Record(type, length)) : Answer(Record(0), Record(type, length)))[^1]);

    [Fact]
    public void Record_WhereItMayNotStand_IsOutOfOrder()
    {
        Assert.Equal(SealingFault.RecordOutOfOrder, Request(Record(1))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Request(Record(3))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Request(Record(0), Record(0))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Request(Record(0), Record(2))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Request(Record(0), Record(4))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Answer(Record(1))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Answer(Record(2))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Answer(Record(3))[^1]);
        Assert.Equal(SealingFault.RecordOutOfOrder, Answer(Record(0), Record(0))[^1]);
    }

    [Fact]
    public void Record_BehindTheEnd_IsTrailing()
    {
        Assert.Equal(SealingFault.TrailingBytes, Request(Record(0), Record(3), Record(1))[^1]);
        Assert.Equal(SealingFault.TrailingBytes, Answer(Record(4), Record(1))[^1]);
    }

    /// <summary>A request is no answer, though both have the same key here.</summary>
    [Fact]
    public void Record_OfTheOtherDirection_DoesNotOpen()
    {
        using var seals = StreamKey.OfRequest(Secret, HeaderHash);
        using var opens = new RecordOpener(StreamKey.OfAnswer(Secret, HeaderHash, HeaderHash), StreamDirection.Answer);
        var sealedRecord = Seal(seals, Record(0));

        Assert.Equal(SealingFault.RecordRejected, opens.Open(sealedRecord, new byte[sealedRecord.Length - AeadKey.TagBytes], out _, out _));
    }

    [Theory]
    [InlineData(18, false)]
    [InlineData(19, true)]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    [InlineData(uint.MaxValue, false)]
    public void Length_OutsideOfItsBounds_IsRefused(uint length, bool valid)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);

        Assert.Equal(valid, RecordOpener.TryReadLength(bytes, out _));
    }

    private static byte[] Record(byte type, int data = 0, int zeros = 0)
    {
        byte[] record = [type, 0, 0, .. Enumerable.Repeat((byte)7, data), .. new byte[zeros]];
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), (ushort)data);
        return record;
    }

    private static List<SealingFault> Request(params byte[][] records) =>
        Open(StreamKey.OfRequest(Secret, HeaderHash), StreamKey.OfRequest(Secret, HeaderHash), StreamDirection.Request, records);

    private static List<SealingFault> Answer(params byte[][] records) =>
        Open(StreamKey.OfAnswer(Secret, HeaderHash, HeaderHash), StreamKey.OfAnswer(Secret, HeaderHash, HeaderHash), StreamDirection.Answer, records);

    private static List<SealingFault> Open(StreamKey seals, StreamKey opens, StreamDirection direction, byte[][] records)
    {
        using var opener = new RecordOpener(opens, direction);
        using (seals)
        {
            return [.. records.Select(record =>
            {
                var sealedRecord = Seal(seals, record);
                return opener.Open(sealedRecord, new byte[record.Length], out _, out _);
            })];
        }
    }

    private static byte[] Seal(StreamKey key, byte[] record)
    {
        byte[] sealedRecord = [.. record, .. new byte[AeadKey.TagBytes]];
        key.Seal(sealedRecord);
        return sealedRecord;
    }
}
