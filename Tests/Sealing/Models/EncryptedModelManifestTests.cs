using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Models;

public sealed class EncryptedModelManifestTests : IDisposable
{
    private readonly SampleModel _model = new(10, 20);
    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-manifest-").FullName;

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSame()
    {
        var bytes = _model.Manifest.Encode();

        Assert.True(EncryptedModelManifest.TryRead(bytes, out var read, out var hash));
        Assert.Equal(bytes, read.Encode());
        Assert.Equal((_model.Manifest.Hash(), _model.Manifest.ModelId, 2, 3), (hash, read.ModelId, read.Files.Count, read.Brokers.Count));
    }

    [Fact]
    public void TryRead_AnyByteChanged_IsNoneOrAnother()
    {
        var bytes = _model.Manifest.Encode();
        for (var place = 0; place < bytes.Length; place++)
        {
            var changed = bytes.ToArray();
            changed[place] ^= 1;

            Assert.True(!EncryptedModelManifest.TryRead(changed, out _, out var hash) || hash != _model.Manifest.Hash(), $"byte {place}");
        }
    }

    [Fact]
    public void TryRead_CutOrLonger_IsNone()
    {
        var bytes = _model.Manifest.Encode();

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.False(EncryptedModelManifest.TryRead(bytes.AsMemory(0, length), out _, out _)));
        Assert.False(EncryptedModelManifest.TryRead((byte[])[.. bytes, 0], out _, out _));
    }

    public static TheoryData<string, Func<EncryptedModelManifest, EncryptedModelManifest>> OutOfRange => new()
    {
        { nameof(EncryptedModelManifest.Name), manifest => manifest with { Name = "" } },
        { nameof(EncryptedModelManifest.Files), manifest => manifest with { Files = [] } },
        { nameof(EncryptedModelManifest.Files), manifest => manifest with { Files = [.. manifest.Files.Reverse()] } },
        { nameof(EncryptedModelManifest.Files), manifest => manifest with { Files = [manifest.Files[0], manifest.Files[0]] } },
        { nameof(EncryptedModelManifest.Files), manifest => manifest with { Files = [manifest.Files[0] with { Name = "../x" }] } },
        { nameof(EncryptedModelManifest.MinimumTier), manifest => manifest with { MinimumTier = TrustTier.Open } },
        { nameof(EncryptedModelManifest.Images), manifest => manifest with { Images = [] } },
        { nameof(EncryptedModelManifest.Threshold), manifest => manifest with { Threshold = 0 } },
        { nameof(EncryptedModelManifest.Threshold), manifest => manifest with { Threshold = 4 } },
        { nameof(EncryptedModelManifest.Brokers), manifest => manifest with { Brokers = [] } },
        { nameof(EncryptedModelManifest.Brokers), manifest => manifest with { Brokers = [manifest.Brokers[0] with { Address = "ftp://host/" }, .. manifest.Brokers.Skip(1)] } },
        { nameof(EncryptedModelManifest.Brokers), manifest => manifest with { Brokers = [manifest.Brokers[0] with { Address = "http://host" }, .. manifest.Brokers.Skip(1)] } },
    };

    [Theory, MemberData(nameof(OutOfRange))]
    public void Encode_FieldOutOfRange_IsNamed(string field, Func<EncryptedModelManifest, EncryptedModelManifest> change) =>
        Assert.Equal(field, Assert.Throws<ArgumentException>(() => change(_model.Manifest).Encode()).ParamName);

    [Fact]
    public void Join_TwoOfThreeShares_IsTheKeyOfTheManifest()
    {
        using var key = ModelKey.Join([_model.Shares[2], _model.Shares[0]]);
        using var other = ModelKey.Join([_model.Shares[2]]);

        Assert.Equal(_model.Manifest.KeyHash, key.Hash());
        Assert.NotEqual(_model.Manifest.KeyHash, other.Hash());
    }

    [Fact]
    public void ShareFile_Written_IsItsOwnersAndReadsBack()
    {
        var path = Path.Combine(_folder, "share.json");
        ShareFile.Write(path, _model.Manifest.Encode(), _model.Shares[1]);

        using var read = ShareFile.Read(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal((_model.Manifest.Hash(), (byte)2), (read.ManifestHash, read.Share.X));
        Assert.Equal(_model.Shares[1].Value.ToArray(), read.Share.Value.ToArray());
        Assert.Throws<IOException>(() => ShareFile.Write(path, _model.Manifest.Encode(), _model.Shares[1]));
    }

    [Fact]
    public void ShareFile_OpenToOthers_IsRefused()
    {
        var path = Path.Combine(_folder, "share.json");
        ShareFile.Write(path, _model.Manifest.Encode(), _model.Shares[1]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Contains("open to others", Assert.Throws<IOException>(() => ShareFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShareFile_ForgedShareOrAnothersPlace_IsRefused()
    {
        var value = _model.Shares[1].Value.ToArray();
        value[0] ^= 1;
        var (forged, moved) = (Path.Combine(_folder, "forged.json"), Path.Combine(_folder, "moved.json"));
        ShareFile.Write(forged, _model.Manifest.Encode(), new KeyShare(2, value));
        ShareFile.Write(moved, _model.Manifest.Encode(), new KeyShare(1, _model.Shares[1].Value));

        Assert.All((string[])[forged, moved], path => Assert.Contains("none of its manifest's", Assert.Throws<IOException>(() => ShareFile.Read(path)).Message, StringComparison.Ordinal));
    }

    [Theory, InlineData("{}"), InlineData("nonsense"), InlineData("""{"format":1,"manifest":"AA==","share":1,"value":"AA=="}"""), InlineData("""{"format":2}""")]
    public void ShareFile_SomethingElse_IsRefusedAndNotQuoted(string text)
    {
        var path = Path.Combine(_folder, "share.json");
        OwnerFile.Write(path, System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Contains("no share file", Assert.Throws<IOException>(() => ShareFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyFile_Written_ReadsBackAndOthersAreRefused()
    {
        var path = Path.Combine(_folder, "key");
        ModelKeyFile.Write(path, _model.Key);

        using (var key = ModelKeyFile.Read(path))
        {
            Assert.Equal(_model.Key.Hash(), key.Hash());
        }

        Assert.Throws<IOException>(() => ModelKeyFile.Write(path, _model.Key));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<IOException>(() => ModelKeyFile.Read(path));
        var bad = Path.Combine(_folder, "bad");
        OwnerFile.Write(bad, "0123\n"u8);
        Assert.Throws<IOException>(() => ModelKeyFile.Read(bad));
    }
}
