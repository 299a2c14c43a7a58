using CocoonOrleans.Inference.Formats;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Formats;

public sealed class GgufFileTests
{
    public static TheoryData<GgufWriter, string, string> Broken => new()
    {
        { new GgufWriter { Magic = 0x46554748 }, "magic", "no GGUF" },
        { new GgufWriter { Version = 1 }, "version", "1 is not supported" },
        { new GgufWriter { Version = 0x03000000 }, "version", "little-endian" },
        { new GgufWriter { TensorCount = ulong.MaxValue }, "tensor count", "more than" },
        { new GgufWriter { KeyCount = 100_001 }, "key count", "more than" },
        { new GgufWriter { KeyCount = 1 }, "key", "is empty" },
        { new GgufWriter().Key("a", 1).Key("a", 2), "a", "twice" },
        { new GgufWriter().Raw("a", 13, _ => { }), "a", "unknown type 13" },
        { new GgufWriter().Raw("a", 8, writer => writer.Write(ulong.MaxValue)), "a", "longer than" },
        { new GgufWriter().Raw("a", 8, writer => writer.Write([1, 0, 0, 0, 0, 0, 0, 0, 0xFF])), "a", "UTF-8" },
        { new GgufWriter().Raw("a", 9, writer => writer.Write([9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])), "a", "array of the type 9" },
        { new GgufWriter().Raw("a", 9, writer => writer.Write([0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])), "a", "values" },
        { new GgufWriter().Raw("a", 9, writer => writer.Write([10, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0])), "a", "behind the end" },
        { new GgufWriter().Key("general.alignment", 24), "general.alignment", "power of two" },
        { new GgufWriter().Key("general.alignment", 0), "general.alignment", "from 1" },
        { new GgufWriter().Add("a", [1], [1]).Add("a", [1], [1]), "a", "twice" },
        { new GgufWriter().Add("", [1], [1]), "", "needs a name" },
        { new GgufWriter().Add("a", [1, 1, 1, 1, 1], [1]), "a", "1 to 4 dimensions" },
        { new GgufWriter().Add("a", [], [1]), "a", "1 to 4 dimensions" },
        { new GgufWriter().Add("a", [0], []), "a", "none" },
        { new GgufWriter().Add("a", [2_000_000_000, 2], []), "a", "elements" },
        { new GgufWriter().Add("a", [1], 2, new byte[18]), "a", "blocks hold 32" },
        { new GgufWriter().Add("a", [1], 99, new byte[4]), "a", "type 99" },
        { new GgufWriter().Add("a", [1], 0, new byte[4], offset: 32), "a", "starts at 32" },
        { new GgufWriter().Add("a", [1], 0, new byte[4], offset: ulong.MaxValue), "a", "behind the end" },
        { new GgufWriter().Add("a", [1], [1]).Add("b", [1], 0, new byte[4], offset: 0), "b", "starts at 0" },
        { new GgufWriter().Add("a", [1], 0, new byte[64]), "data", "truncated or altered" },
        { new GgufWriter().Add("a", [1000], 0, new byte[64]), "data", "truncated or altered" },
    };

    [Fact]
    public void Read_KeysAndTensors_AreThoseThatWereWritten()
    {
        var file = Open(new GgufWriter().Key("general.name", "Łódź").Key("n", 7).Key("x", 0.5f).Key("tokens", ["a", "bc"])
            .Add("a", [2, 3], [1, 2, 3, 4, 5, 6]).Add("b", [1], [-0.5f]).ToBytes());
        var tensors = file.ReadTensors(CancellationToken.None).ToList();

        Assert.Equal(("Łódź", 7, 0.5), (file.Metadata.Text("general.name"), file.Metadata.Integer("n", 0, 9), file.Metadata.Number("x", 0, 1)));
        Assert.Equal(["a", "b"], tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], tensors[0].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors[0].Values);
        Assert.Equal([-0.5f], tensors[1].Values);
    }

    [Theory]
    [InlineData(2u, 32)]
    [InlineData(3u, 64)]
    public void Read_EachVersionAndAlignment_IsTheSame(uint version, int alignment)
    {
        var writer = new GgufWriter { Version = version, Alignment = alignment }.Key("general.alignment", (uint)alignment).Add("a", [1], [1]).Add("b", [2], [2, 3]);

        Assert.Equal([[1f], [2f, 3f]], Open(writer.ToBytes()).ReadTensors(CancellationToken.None).Select(tensor => tensor.Values));
    }

    [Fact]
    public void Read_TensorLargerThanAChunk_IsWhole()
    {
        var values = Enumerable.Range(0, 700_001).Select(i => (float)i).ToArray();

        Assert.Equal(values, Assert.Single(Open(new GgufWriter().Add("a", [values.Length], values).ToBytes()).ReadTensors(CancellationToken.None)).Values);
    }

    /// <summary>Four bits a weight in the file, thirty-two in memory.</summary>
    [Fact]
    public void ReadTensors_MoreThanThereIsRoomFor_IsRefused()
    {
        var file = Open(new GgufWriter().Add("a", [32], (uint)GgufTensorType.Q4_0, new byte[18]).ToBytes());

        var error = Assert.Throws<ModelFormatException>(() => file.ReadTensors(CancellationToken.None, new WeightRoom(127)));

        Assert.Equal(("model.gguf", "size"), (error.File, error.Field));
        Assert.Single(file.ReadTensors(CancellationToken.None, new WeightRoom(128)));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Open_RuleBroken_NamesTheFieldAndTheRule(GgufWriter file, string field, string rule)
    {
        var e = Assert.Throws<ModelFormatException>(() => Open(file.ToBytes()));

        Assert.Equal(field, e.Field);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "is missing")]
    [InlineData("text", "whole number")]
    [InlineData("large", "from 1 to 10")]
    public void Integer_NotThereOrOutOfBounds_NamesTheKey(string key, string rule)
    {
        var metadata = Open(new GgufWriter().Key("text", "1").Key("large", 11).ToBytes()).Metadata;

        var e = Assert.Throws<ModelFormatException>(() => metadata.Integer(key, 1, 10));

        Assert.Equal(key, e.Field);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        var whole = new GgufWriter().Key("a", "b").Key("tokens", ["x"]).Add("a", [3], [1, 2, 3]).ToBytes();

        // The last byte but the padding is the last that is missed.
        var end = whole.Length - (32 - 12);
        Assert.All(Enumerable.Range(0, end), length => Assert.Throws<ModelFormatException>(() => Drain(whole[..length])));
    }

    [Fact]
    public void Read_AnyBytesChanged_IsReadOrRefused()
    {
        var whole = new GgufWriter().Key("general.architecture", "llama").Key("n", 3).Key("tokens", ["x", "yz"]).Add("a", [2, 2], [1, 2, 3, 4]).Add("b", [32], 2, new byte[18]).ToBytes();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = (byte[])whole.Clone();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                try
                {
                    Drain(bytes);
                }
                catch (ModelFormatException)
                {
                    // Any other exception fails the test.
                }
            },
            iter: 20_000);
    }

    private static GgufFile Open(byte[] bytes) => GgufFile.Open(new MemoryStream(bytes), bytes.Length, "model.gguf");

    private static void Drain(byte[] bytes) => Assert.NotNull(Open(bytes).ReadTensors(CancellationToken.None).ToList());
}
