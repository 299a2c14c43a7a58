using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.WorkerHost.Keys;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Keys;

/// <summary>A folder whose weights are encrypted is read as the same model, or not at all.</summary>
public sealed class EncryptedModelFilesTests
{
    private const string Shard = "model-00002-of-00002.safetensors";

    [Theory, InlineData(WeightQuantization.None), InlineData(WeightQuantization.Int8)]
    public void Read_ShardsOfTheHouseModel_AreTheSameModelWithTheSameWeights(WeightQuantization quantization)
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        using EncryptedModelFiles files = folder.Open();
        (long Done, long Total) seen = default;

        ModelFolder read = ModelFolder.Read(files, (done, total) => seen = (done, total), quantization);

        ModelFolder plain = ModelFolder.Read(HouseModelFolder.Path, quantization: quantization);
        Assert.Equal(plain.Manifest.Sha256, read.Manifest.Sha256);
        Assert.Equal(plain.Weights.Keys.Order(), read.Weights.Keys.Order());
        Assert.All(plain.Weights, weight => Assert.Equal(weight.Value.Values, read.Weights[weight.Key].Values));
        Assert.Equal((seen.Total, plain.Manifest.Files.Sum(file => file.Bytes)), (seen.Done, seen.Total));
    }

    /// <summary>Everything is in one encrypted file, the tokenizer too.</summary>
    [Fact]
    public void Read_GgufWithTheTokenizerInIt_IsTheSameModelAndTokenizer()
    {
        using var tiny = new TinyModel();
        using var exported = new TemporaryFolder();
        using (FileStream stream = File.Create(exported.File("model.gguf")))
        {
            GgufExport.Write(ModelFolder.Read(tiny.Folder), GgufTensorType.F32, stream, CancellationToken.None);
        }

        using var folder = new EncryptedFolder(exported.Path);
        using EncryptedModelFiles files = folder.Open();
        ChatModel chat = ModelFolder.ReadChat(files);

        Assert.Equal(ModelFolder.Read(exported.Path).Manifest.Sha256, ModelFolder.Read(files).Manifest.Sha256);
        Assert.Equal(ModelFolder.ReadChat(exported.Path).Sha256, chat.Sha256);
        Assert.Equal(["model.cocoon", "model.gguf.sealed"], Directory.GetFiles(folder.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_PlainFileBesideTheEncryptedOne_IsNotLookedAt()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        File.WriteAllText(folder.PathOf(Shard), "something else");
        using EncryptedModelFiles files = folder.Open();

        Assert.Equal(folder.Manifest.ModelId.ToString(), ModelFolder.Read(files).Manifest.Sha256);
    }

    [Fact]
    public void Read_EncryptedFileMissing_IsNamed()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        File.Delete(folder.PathOf(Shard + ".sealed"));

        Assert.Contains("is missing", Refuses(folder, Shard), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EncryptedFileCut_IsNamed()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        using (FileStream file = File.OpenWrite(folder.PathOf(Shard + ".sealed")))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Contains("it was cut", Refuses(folder, Shard), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EncryptedFileChanged_IsNamed()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        byte[] bytes = File.ReadAllBytes(folder.PathOf(Shard + ".sealed"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder.PathOf(Shard + ".sealed"), bytes);

        Assert.Contains("piece 0 was changed", Refuses(folder, Shard), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PlainFileChanged_IsAnotherModel()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        File.AppendAllText(folder.PathOf("tokenizer.json"), " ");

        Assert.Contains("was changed, or is missing", Refuses(folder, "model.cocoon"), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManifestOfAnotherModel_IsRefused()
    {
        using var folder = new EncryptedFolder(HouseModelFolder.Path);
        folder.WriteManifest(folder.Manifest with { ModelId = Digest.Of("another"u8) });

        Refuses(folder, "model.cocoon");
    }

    [Theory, InlineData("nonsense"), InlineData("")]
    public void FindManifest_SomethingElse_IsRefused(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.cocoon"), text);

        Assert.Equal("model.cocoon", Assert.Throws<ModelFormatException>(() => EncryptedModelFiles.FindManifest(folder.Path)).File);
    }

    [Fact]
    public void FindManifest_PlainFolder_HasNone() => Assert.Null(EncryptedModelFiles.FindManifest(HouseModelFolder.Path));

    private static string Refuses(EncryptedFolder folder, string file)
    {
        using EncryptedModelFiles files = folder.Open();
        var refused = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(files));
        Assert.Equal(file, refused.File);
        return refused.Message;
    }
}
