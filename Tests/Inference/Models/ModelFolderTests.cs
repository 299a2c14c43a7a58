using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Models;

public sealed class ModelFolderTests
{
    [Fact]
    public void Read_WholeFolder_ListsEveryFileWithItsHash()
    {
        using var model = new TinyModel();

        var folder = ModelFolder.Read(model.Folder);

        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], folder.Manifest.Files.Select(file => file.Name));
        Assert.All(folder.Manifest.Files, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(model.PathOf(file.Name)))), file.Sha256));
    }

    [Fact]
    public void Manifest_OfKnownFiles_HasTheKnownHash()
    {
        var manifest = new ModelManifest([new("b", 2, new string('b', 64)), new("a", 1, new string('a', 64))]);

        var text = $"cocoon model manifest 1\n{new string('a', 64)} 1 a\n{new string('b', 64)} 2 b\n";
        Assert.Equal(text, manifest.Text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), manifest.Sha256);
    }

    [Fact]
    public void Manifest_Quantised_IsAnotherModel()
    {
        ModelFile[] files = [new("a", 1, new string('a', 64))];

        var text = $"cocoon model manifest 1\nquantization int8-group32-1\n{new string('a', 64)} 1 a\n";
        Assert.Equal(text, new ModelManifest(files, WeightQuantization.Int8).Text);

        var all = Enum.GetValues<WeightQuantization>();
        Assert.Equal(all.Length, all.Select(quantization => new ModelManifest(files, quantization).Sha256).Distinct().Count());
    }

    [Fact]
    public void Read_OneBitAltered_HasAnotherHash()
    {
        using var model = new TinyModel();
        var before = ModelFolder.Read(model.Folder).Manifest.Sha256;
        var bytes = File.ReadAllBytes(model.PathOf("model.safetensors"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(model.PathOf("model.safetensors"), bytes);

        Assert.NotEqual(before, ModelFolder.Read(model.Folder).Manifest.Sha256);
    }

    [Fact]
    public void Read_FileBeside_IsNoPartOfTheModel()
    {
        using var model = new TinyModel();
        var before = ModelFolder.Read(model.Folder).Manifest.Sha256;
        File.WriteAllText(model.PathOf("README.md"), "a card");

        Assert.Equal(before, ModelFolder.Read(model.Folder).Manifest.Sha256);
    }

    [Fact]
    public void Read_Shards_GivesTheSameWeightsAsOneFile()
    {
        using var model = new TinyModel();
        var single = ModelFolder.Read(model.Folder);

        WriteShards(model);
        var sharded = ModelFolder.Read(model.Folder);

        Assert.Equal(single.Weights.Keys.Order(), sharded.Weights.Keys.Order());
        Assert.All(single.Weights, pair => Assert.Equal(pair.Value.Values, sharded.Weights[pair.Key].Values));
        Assert.Contains(sharded.Manifest.Files, file => file.Name == "model-2.safetensors");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("model.safetensors")]
    public void Read_MissingFile_IsNamed(string name)
    {
        using var model = new TinyModel();
        File.Delete(model.PathOf(name));

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder));

        Assert.Equal((name, "file"), (error.File, error.Field));
    }

    [Fact]
    public void Read_MissingShard_IsNamed()
    {
        using var model = new TinyModel();
        WriteShards(model);
        File.Delete(model.PathOf("model-2.safetensors"));

        Assert.Equal("model-2.safetensors", Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder)).File);
    }

    [Fact]
    public void Read_TruncatedWeights_AreNamed()
    {
        using var model = new TinyModel();
        var bytes = File.ReadAllBytes(model.PathOf("model.safetensors"));
        File.WriteAllBytes(model.PathOf("model.safetensors"), bytes[..^100]);

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder));

        Assert.Equal(("model.safetensors", "data"), (error.File, error.Field));
    }

    [Fact]
    public void Read_ShardWithATensorOfAnother_IsRefused()
    {
        using var model = new TinyModel();
        WriteShards(model);
        File.Copy(model.PathOf("model-1.safetensors"), model.PathOf("model-2.safetensors"), overwrite: true);

        Assert.Equal("model-2.safetensors", Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder)).File);
    }

    [Fact]
    public void Read_NoFolder_IsNamed()
        => Assert.Contains("does not exist", Assert.Throws<ModelFormatException>(() => ModelFolder.Read("/no/such/folder")).Message);

    [Fact]
    public void Read_Progress_EndsAtTheTotal()
    {
        using var model = new TinyModel();
        var last = (Done: 0L, Total: 0L);

        ModelFolder.Read(model.Folder, (done, total) => last = (done, total));

        Assert.Equal(last.Total, last.Done);
        Assert.Equal(Directory.GetFiles(model.Folder).Sum(file => new FileInfo(file).Length), last.Total);
    }

    [Fact]
    public void Describe_TokenizerLargerThanTheWeights_IsRefused()
    {
        using var model = new TinyModel();
        model.WriteConfig(config => config["vocab_size"] = 200);

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder).Describe("tiny", 100));

        Assert.Equal("tokenizer.json", error.File);
    }

    [Fact]
    public void Read_OtherWeightsBeside_AreNoPartOfTheProgress()
    {
        using var model = new TinyModel();
        File.WriteAllBytes(model.PathOf("optimizer.safetensors"), new byte[1000]);
        var last = (Done: 0L, Total: 0L);

        ModelFolder.Read(model.Folder, (done, total) => last = (done, total));

        Assert.Equal(last.Total, last.Done);
    }

    [Fact]
    public void Read_HugeAndStrangeValue_IsShownShortAndReadable()
    {
        using var model = new TinyModel();
        model.WriteConfig(config => config["hidden_act"] = new string('\u0007', 10) + new string('x', 1_000_000));
        File.WriteAllBytes(model.PathOf("model.safetensors"), new SafetensorsWriter().Add("a\n\u001b[31m", new string('y', 1_000_000), [1], [0, 0]).ToBytes());

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(model.Folder));

        Assert.InRange(error.Message.Length, 1, 2_000);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Everything_MutatedFolder_GivesAModelOrATypedError()
    {
        TorchLibrary.Load();
        using var model = new TinyModel();
        string[] names = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];
        var originals = names.ToDictionary(name => name, name => File.ReadAllBytes(model.PathOf(name)));
        var fragments = Gen.OneOf("0", "9", "-", "1e9", "null", "\"", "{", "]", ",", "\\ud800", "\u00ff", "");

        // The first 3,000 bytes of the weights are their header.
        Gen.Select(Gen.OneOf(names), Gen.Int[0, 3_000], Gen.Int[0, 4], fragments).Array[1, 3].Sample(
            changes =>
            {
                var files = new Dictionary<string, byte[]>(originals);
                foreach (var (name, at, remove, insert) in changes)
                {
                    var bytes = files[name];
                    var place = Math.Min(at, bytes.Length);
                    files[name] = [.. bytes[..place], .. Encoding.Latin1.GetBytes(insert), .. bytes[Math.Min(place + remove, bytes.Length)..]];
                }

                foreach (var (name, bytes) in files)
                {
                    File.WriteAllBytes(model.PathOf(name), bytes);
                }

                return Record.Exception(() => Load(model.Folder)) is null or ModelFormatException;
            },
            iter: 300,
            threads: 1);
    }

    /// <summary>All that an engine does with a folder before it answers.</summary>
    private static void Load(string path)
    {
        var folder = ModelFolder.Read(path);
        var context = Math.Min(folder.Config.ContextTokens, 16);
        folder.Describe("tiny", context);
        using var decoder = new TorchDecoder(folder.Config, folder.Weights, context, blocks: 1);
        new StoredSequence(decoder).Append(1);
    }

    private static void WriteShards(TinyModel model)
    {
        var weights = TinyModel.RandomWeights();
        static bool InFirst(string name) => name.Contains("layers.0");
        var map = weights.Entries.Keys.ToDictionary(name => name, name => InFirst(name) ? "model-1.safetensors" : "model-2.safetensors");
        File.WriteAllBytes(model.PathOf("model-1.safetensors"), weights.Split(InFirst).ToBytes());
        File.WriteAllBytes(model.PathOf("model-2.safetensors"), weights.Split(name => !InFirst(name)).ToBytes());
        File.WriteAllBytes(model.PathOf("model.safetensors.index.json"), JsonSerializer.SerializeToUtf8Bytes(new { metadata = new { }, weight_map = map }));
        File.Delete(model.PathOf("model.safetensors"));
    }
}
