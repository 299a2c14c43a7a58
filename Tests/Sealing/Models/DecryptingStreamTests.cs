using System.Security.Cryptography;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Models;

public sealed class DecryptingStreamTests
{
    private const int Piece = 4 << 20;

    [Theory, InlineData(0), InlineData(1), InlineData(1000), InlineData(Piece - 1), InlineData(Piece), InlineData(Piece + 1), InlineData((2 * Piece) + 5)]
    public void Read_WholeFile_IsWhatWasEncrypted(int length)
    {
        using var model = new SampleModel(length);

        Assert.Equal(model.Plain[0], model.Read());
        Assert.Equal(model.Manifest.Files[0].EncryptedBytes, model.Sealed[0].Length);
        Assert.Equal(length + (16 * Math.Max(1, (length + Piece - 1) / Piece)), model.Sealed[0].Length);
    }

    [Fact]
    public void Read_SmallBuffers_GivesTheSameBytesAndItsPosition()
    {
        using var model = new SampleModel(Piece + 100);
        using var stream = new DecryptingStream(model.Manifest.Files[0], new MemoryStream(model.Sealed[0]), model.Key);
        using var plain = new MemoryStream();
        var buffer = new byte[99_991];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            plain.Write(buffer, 0, count);
            Assert.Equal(plain.Length, stream.Position);
        }

        Assert.Equal(model.Plain[0], plain.ToArray());
        Assert.Equal(model.Plain[0].Length, stream.Length);
    }

    /// <summary>The bytes of docs/protocol.md, section 16, put together from the page with the platform's primitives alone.</summary>
    [Fact]
    public void Encrypt_SecondPiece_HasTheBytesOfThePage()
    {
        using var model = new SampleModel(Piece + 3);
        var file = model.Manifest.Files[0];
        var key = new byte[32];
        model.Key.CopyTo(key);
        var fileKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, file.Salt.ToArray(), [.. "cocoon/model/file/v1"u8, 0, .. "model-0.safetensors"u8]);
        using var gcm = new AesGcm(fileKey, 16);
        var (sealedPiece, tag) = (new byte[3], new byte[16]);

        gcm.Encrypt([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], model.Plain[0].AsSpan(Piece), sealedPiece, tag, [0, 0, 0, 0, 0, 0, 0, 1, 1, .. "model-0.safetensors"u8]);

        Assert.Equal([.. sealedPiece, .. tag], model.Sealed[0][(Piece + 16)..]);
        Assert.Equal(SHA256.HashData([.. "cocoon/model/key/v1"u8, 0, .. key]), model.Key.Hash().ToArray());
        Assert.Equal(SHA256.HashData([.. "cocoon/model/v1"u8, 0, .. model.Manifest.Encode()]), model.Manifest.Hash().ToArray());
        Assert.Equal(SHA256.HashData([.. "cocoon/model/share/v1"u8, 0, 2, .. model.Shares[1].Value]), model.Shares[1].Hash().ToArray());
    }

    /// <summary>The root over 1 to 9 pieces is that of a tree that is known to be RFC 6962's.</summary>
    [Fact]
    public void Root_ManyPieces_IsThatOfTheNoncesTree()
    {
        for (var count = 1; count <= 9; count++)
        {
            var pieces = Enumerable.Range(0, count).Select(index => Digest.Of([(byte)index])).ToArray();
            var tree = new PieceTree();
            foreach (var piece in pieces)
            {
                tree.Add(piece.ToArray());
            }

            Assert.Equal(new NonceBatch(pieces).Root, tree.Root());
        }
    }

    [Fact]
    public void Encrypt_Twice_SharesNoKeyAndNoCiphertext()
    {
        using var model = new SampleModel(100, 100);
        using var output = new MemoryStream();

        var again = ModelFileEncryption.Encrypt("model-0.safetensors", new MemoryStream(model.Plain[0]), 100, output, model.Key);

        Assert.NotEqual(model.Manifest.Files[0].Salt, again.Salt);
        Assert.NotEqual(model.Sealed[0], output.ToArray());
    }

    [Theory, InlineData(0), InlineData(Piece - 1), InlineData(Piece), InlineData(Piece + 15), InlineData(Piece + 16), InlineData((2 * Piece) + 20)]
    public void Read_ByteChanged_IsRefusedAndNamesTheFile(int place)
    {
        using var model = new SampleModel((2 * Piece) + 100);
        model.Sealed[0][place] ^= 0x80;

        Refuses("was changed", () => model.Read());
    }

    [Fact]
    public void Read_TwoPiecesSwapped_IsRefused()
    {
        using var model = new SampleModel(3 * Piece);
        var bytes = model.Sealed[0];
        byte[] swapped = [.. bytes[(Piece + 16)..(2 * (Piece + 16))], .. bytes[..(Piece + 16)], .. bytes[(2 * (Piece + 16))..]];

        Refuses("another's place", () => model.Read(bytes: swapped));
    }

    [Fact]
    public void Read_PieceOfAnotherFile_IsRefused()
    {
        using var model = new SampleModel(2 * Piece, 2 * Piece);

        Refuses("piece 0 was changed", () => model.Read(bytes: [.. model.Sealed[1][..(Piece + 16)], .. model.Sealed[0][(Piece + 16)..]]));
    }

    [Fact]
    public void Read_OlderEncryptionWithTheSameKey_IsRefused()
    {
        using var model = new SampleModel(100);
        using var output = new MemoryStream();
        var older = ModelFileEncryption.Encrypt("model-0.safetensors", new MemoryStream(model.Plain[0]), 100, output, model.Key);

        Refuses("was changed", () => model.Read(bytes: output.ToArray()));
        Refuses("not the ciphertext", () => model.Read(bytes: output.ToArray(), says: older with { Root = model.Manifest.Files[0].Root }));
    }

    [Theory, InlineData(1), InlineData(16), InlineData(Piece + 16)]
    public void Read_Truncated_IsRefusedBeforeAnythingIsRead(int less)
    {
        using var model = new SampleModel(2 * Piece);

        Refuses("it was cut", () => model.Read(bytes: model.Sealed[0][..^less]));
    }

    /// <summary>A manifest that says the cut file is whole: then the piece that became the last was not encrypted as the last.</summary>
    [Fact]
    public void Read_TruncatedAtAPieceAndSaidToBeWhole_IsRefused()
    {
        using var model = new SampleModel(2 * Piece);

        Refuses("piece 0 was changed", () => model.Read(bytes: model.Sealed[0][..(Piece + 16)], says: model.Manifest.Files[0] with { Bytes = Piece }));
    }

    [Fact]
    public void Read_LongerFile_IsRefused()
    {
        using var model = new SampleModel(10);

        Refuses("it was cut, or is another one", () => model.Read(bytes: [.. model.Sealed[0], 0]));
    }

    [Fact]
    public void Read_WrongKey_IsRefused()
    {
        using var model = new SampleModel(10);
        using var other = ModelKey.Generate();

        Refuses("another key", () => model.Read(key: other));
    }

    [Fact]
    public void Read_UnderAnotherName_IsRefused()
    {
        using var model = new SampleModel(10);

        Assert.Throws<EncryptedModelException>(() => model.Read(says: model.Manifest.Files[0] with { Name = "model-1.safetensors" }));
    }

    [Theory, InlineData(""), InlineData(".hidden"), InlineData("a/b"), InlineData("..")]
    public void Encrypt_NameThatIsNone_Throws(string name)
    {
        using var key = ModelKey.Generate();

        Assert.Throws<ArgumentException>(() => ModelFileEncryption.Encrypt(name, new MemoryStream(), 0, new MemoryStream(), key));
    }

    private static void Refuses(string reason, Func<byte[]> read)
    {
        var refused = Assert.Throws<EncryptedModelException>(read);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal("model-0.safetensors", refused.File);
    }
}
