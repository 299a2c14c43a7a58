using System.Text.Json;
using CocoonOrleans.Inference.Formats;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Formats;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Read_Float32_GivesNamesShapesAndValues()
    {
        var tensors = Read(new SafetensorsWriter().Add("a", [2, 3], [1, 2, 3, 4, 5, 6]).Add("b", [1], [-0.5f]).ToBytes());

        Assert.Equal(["a", "b"], tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], tensors[0].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors[0].Values);
        Assert.Equal([-0.5f], tensors[1].Values);
    }

    [Fact]
    public void Read_BFloat16_IsTheUpperHalfOfFloat32()
        => Assert.Equal([1f, -2.5f, float.PositiveInfinity], Read(new SafetensorsWriter().Add("a", "BF16", [3], [0x80, 0x3F, 0x20, 0xC0, 0x80, 0x7F]).ToBytes())[0].Values);

    [Fact]
    public void Read_Float16_IsConverted()
        => Assert.Equal([1f, -2.5f, 5.9604645e-8f], Read(new SafetensorsWriter().Add("a", "F16", [3], [0x00, 0x3C, 0x00, 0xC1, 0x01, 0x00]).ToBytes())[0].Values);

    [Fact]
    public void Read_TensorLargerThanAChunk_IsWhole()
    {
        var values = Enumerable.Range(0, 700_001).Select(i => (float)i).ToArray();

        Assert.Equal(values, Read(new SafetensorsWriter().Add("a", [values.Length], values).ToBytes())[0].Values);
    }

    [Fact]
    public void Read_HeaderPaddedWithSpacesAndMetadata_IsFine()
    {
        var writer = new SafetensorsWriter().Add("a", [1], [7]);
        var header = JsonSerializer.Serialize(writer.Entries);

        Assert.Equal([7f], Read(writer.ToBytes($$"""{"__metadata__": {"format": "pt"},{{header[1..]}}     """))[0].Values);
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}""", "a", "need 8")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}""", "a", "data_offsets")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}""", "a", "data_offsets")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}}""", "a", "data_offsets")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [9223372036854775804, 9223372036854775807]}}""", "a", "data_offsets")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2147483647, 2147483647, 2147483647], "data_offsets": [0, 8]}}""", "a", "elements")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 8]}}""", "a", "shape")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 8]}}""", "a", "shape")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,1], "data_offsets": [0, 4]}}""", "a", "shape")]
    [InlineData("""{"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}""", "a", "I64")]
    [InlineData("""{"a": {"shape": [1], "data_offsets": [0, 8]}}""", "a", "dtype")]
    [InlineData("""{"a": 1}""", "a", "dtype")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", "header", "uplicate")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", "b", "start at 4")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", "a", "start at 4")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", "data", "8 follow")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}""", "data", "truncated")]
    [InlineData("""[1]""", "header", "object")]
    [InlineData("""{""", "header", "JSON")]
    public void Read_HeaderThatBreaksARule_IsRefusedByName(string header, string field, string reason)
    {
        // Eight bytes of data follow each of these headers.
        var error = Assert.Throws<ModelFormatException>(() => Read(new SafetensorsWriter().Add("x", [2], [1, 2]).ToBytes(header)));

        Assert.Equal(("test.safetensors", field), (error.File, error.Field));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(40)]
    public void Read_TruncatedFile_IsRefused(int length)
        => Assert.Throws<ModelFormatException>(() => Read(new SafetensorsWriter().Add("a", [2], [1, 2]).ToBytes()[..length]));

    [Fact]
    public void Read_FileShorterThanItsLengthSaid_IsRefused()
    {
        var bytes = new SafetensorsWriter().Add("a", [2], [1, 2]).ToBytes();

        var error = Assert.Throws<ModelFormatException>(() => Read(bytes[..^1], bytes.Length));

        Assert.Equal("a", error.Field);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(0UL)]
    public void Read_AbsurdHeaderLength_IsRefusedBeforeMemoryIsTaken(ulong length)
        => Assert.Equal("header length", Assert.Throws<ModelFormatException>(() => Read([.. BitConverter.GetBytes(length), 1, 2, 3])).Field);

    [Fact]
    public void Read_MutatedFile_GivesTensorsOrATypedError()
    {
        var original = new SafetensorsWriter().Add("first", [2, 2], [1, 2, 3, 4]).Add("second", "BF16", [3], [1, 2, 3, 4, 5, 6]).ToBytes();
        var mutations = Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 6];

        mutations.Sample(
            changes =>
            {
                var bytes = original.ToList();
                foreach (var (at, value, kind) in changes)
                {
                    Mutate(bytes, Math.Min(at, bytes.Count), value, kind);
                }

                return Record.Exception(() => Read([.. bytes])) is null or ModelFormatException;
            },
            iter: 5_000);
    }

    [Fact]
    public void ParseIndex_MutatedIndex_GivesShardsOrATypedError()
    {
        var original = """{"metadata": {"total_size": 12}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}"""u8.ToArray();

        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 6].Sample(
            changes =>
            {
                var bytes = original.ToList();
                foreach (var (at, value, kind) in changes)
                {
                    Mutate(bytes, Math.Min(at, bytes.Count), value, kind);
                }

                return Record.Exception(() => SafetensorsIndex.Parse(bytes.ToArray())) is null or ModelFormatException;
            },
            iter: 5_000);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd.safetensors")]
    [InlineData("model.bin")]
    [InlineData("a\\b.safetensors")]
    public void ParseIndex_ShardOutsideOfTheFolder_IsRefused(string shard)
        => Assert.Equal("a", Assert.Throws<ModelFormatException>(() => SafetensorsIndex.Parse(JsonSerializer.SerializeToUtf8Bytes(new { weight_map = new { a = shard } }))).Field);

    /// <summary>Asked before anything is read: of a large file's header, and of all files together.</summary>
    [Fact]
    public void Read_MoreThanThereIsRoomFor_IsRefused()
    {
        var bytes = new SafetensorsWriter().Add("a", [3], [1, 2, 3]).ToBytes();
        var room = new WeightRoom(2 * 3 * sizeof(float));
        IEnumerable<WeightTensor> Take() => SafetensorsFile.Read(new MemoryStream(bytes), bytes.Length, "test.safetensors", CancellationToken.None, room);

        Take();
        Take();
        var error = Assert.Throws<ModelFormatException>(Take);

        Assert.Equal(("test.safetensors", "size"), (error.File, error.Field));
        Assert.Contains("36 bytes", error.Message, StringComparison.Ordinal);
    }

    private static void Mutate(List<byte> bytes, int at, byte value, int kind)
    {
        switch (kind)
        {
            case 0 when at < bytes.Count:
                bytes[at] = value;
                break;
            case 1:
                bytes.Insert(at, value);
                break;
            case 2 when at < bytes.Count:
                bytes.RemoveAt(at);
                break;
            default:
                bytes.RemoveRange(at, Math.Min(value, bytes.Count - at));
                break;
        }
    }

    private static List<WeightTensor> Read(byte[] bytes, long? length = null)
        => [.. SafetensorsFile.Read(new MemoryStream(bytes), length ?? bytes.Length, "test.safetensors", CancellationToken.None)];
}
