using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit.Sdk;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>Vectors of encoders and decoders against llama.cpp's on the same weights, which it read from a GGUF file of our own making.</summary>
public sealed class EmbeddingGoldensTests : IDisposable
{
    // Numbers of vectors of length 1. llama.cpp computes GELU in its tanh form.
    private const double Tolerance = 1e-3;

    private readonly TemporaryFolder _folder = new();
    private readonly TestMeters _meters = new();

    public static TheoryData<string> Models => [.. TinyEncoder.Names, "llama-mean", "qwen3-last"];

    public static TheoryData<string> Encoders => [.. TinyEncoder.Names];

    private static int[][] Inputs
    {
        get
        {
            var random = new Random(5);
            int[] Text(int count) => [TinyEncoder.ClsId, .. Enumerable.Range(0, count).Select(_ => random.Next(5, 66)), TinyEncoder.SepId];
            return [Text(1), Text(7), Text(30), Text(45)];
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _meters.Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Embed_EachModel_GivesLlamaCppsVectors(string name)
    {
        using var model = new Folder(name);
        var golden = VectorsGolden.Load(name);
        Assert.Equal(golden.WeightsSha256, model.WeightsSha256);

        AssertEqual(golden, await EmbedAsync(model.Path, NativeBackend.Torch));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Embed_EachModelOnOurKernels_GivesLlamaCppsVectors(string name)
    {
        using var model = new Folder(name);

        AssertEqual(VectorsGolden.Load(name), await EmbedAsync(model.Path, NativeBackend.Cpu));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Embed_EachModelFromOurGguf_GivesLlamaCppsVectors(string name)
    {
        using var model = new Folder(name);
        Export(model);

        AssertEqual(VectorsGolden.Load(name), await EmbedAsync(_folder.Path, NativeBackend.Torch));
    }

    [Theory]
    [InlineData("bert", "embeddings.token_type_embeddings.weight")]
    [InlineData("bert", "embeddings.position_embeddings.weight")]
    [InlineData("bert", "embeddings.LayerNorm.bias")]
    [InlineData("bert-cls", "encoder.layer.2.attention.self.query.bias")]
    [InlineData("bert-cls", "encoder.layer.2.attention.output.dense.bias")]
    [InlineData("bert-cls", "encoder.layer.2.output.LayerNorm.bias")]
    [InlineData("roberta", "encoder.layer.0.intermediate.dense.bias")]
    [InlineData("roberta", "encoder.layer.1.output.dense.bias")]
    public async Task Embed_OneWeightMoved_IsNoticed(string name, string tensor)
    {
        using var model = new TinyEncoder(name, weights =>
        {
            for (var i = 0; i < TinyEncoder.Hidden; i += 2)
            {
                weights.Set(tensor, i, 1.5f);
            }
        });

        var vectors = await EmbedAsync(model.Folder, NativeBackend.Torch);

        Assert.ThrowsAny<XunitException>(() => AssertEqual(VectorsGolden.Load(name), vectors));
    }

    [Theory]
    [InlineData("bert", "cls_token")]
    [InlineData("bert-cls", "mean_tokens")]
    [InlineData("roberta", "lasttoken")]
    public async Task Embed_AnotherPooling_IsNoticed(string name, string mode)
    {
        using var model = new TinyEncoder(name);
        model.WritePooling(mode);

        var vectors = await EmbedAsync(model.Folder, NativeBackend.Torch);

        Assert.ThrowsAny<XunitException>(() => AssertEqual(VectorsGolden.Load(name), vectors));
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void LlamaCpp_ReadsOurGguf_AndGivesTheRecordedVectors(string name)
    {
        LlamaCppRun.SkipUnlessAsked();
        using var model = new Folder(name);
        var file = Export(model);

        var asked = VectorsGolden.Of(model.WeightsSha256, Inputs, LlamaCppRun.Ask<double[][]>("vectors", file, JsonSerializer.Serialize(Inputs)));
        if (LlamaCppRun.Records)
        {
            asked.Save(name);
        }

        Assert.Equal(VectorsGolden.Load(name).Vectors.SelectMany(row => row), asked.Vectors.SelectMany(row => row));
    }

    [SkippableFact]
    public void LlamaCpp_ReadsOurWordPieces_AndGivesTheIdsOfOurTokenizer()
    {
        LlamaCppRun.SkipUnlessAsked();
        using var model = new TinyEncoder();
        var file = _folder.File("model.gguf");
        using (var stream = File.Create(file))
        {
            Assert.Null(GgufExport.Write(ModelFolder.Read(model.Folder), GgufTensorType.F32, stream, CancellationToken.None));
        }

        string[] texts = ["The quick brown Fox, jumping!", "foxed.  the\tthe", "a#b 7 q"];
        var tokenizer = ModelFolder.ReadChat(model.Folder).Tokenizer;
        Assert.Equal(texts.Select(text => tokenizer.Encode(text, addSpecialTokens: false)), LlamaCppRun.Ask<int[][]>("tokens", file, JsonSerializer.Serialize(texts)));
        Assert.Equal(
            texts.Select(text => tokenizer.Encode(text, addSpecialTokens: true)),
            texts.Select(text => ModelFolder.ReadChat(_folder.Path).Tokenizer.Encode(text, addSpecialTokens: true)));
    }

    private string Export(Folder model)
    {
        var file = _folder.File("model.gguf");
        using var stream = File.Create(file);
        Assert.Null(GgufExport.Write(ModelFolder.Read(model.Path), GgufTensorType.F32, stream, CancellationToken.None));
        return file;
    }

    private async Task<IReadOnlyList<float[]>> EmbedAsync(string folder, NativeBackend backend)
    {
        await using var engine = new NativeEngine(
            Options.Create(new NativeEngineOptions { Backend = backend, Slots = 2, StepTokens = 32 }), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("golden", folder), null, CancellationToken.None);
        var result = await engine.EmbedAsync(new EmbeddingRequest { Model = "golden", Inputs = [.. Inputs.Select(ids => (ReadOnlyMemory<int>)ids)] }, CancellationToken.None);
        return result.Vectors;
    }

    private static void AssertEqual(VectorsGolden golden, IReadOnlyList<float[]> vectors)
    {
        Assert.Equal(Inputs, golden.Inputs);
        Assert.All(golden.Vectors.Zip(vectors), pair => Assert.All(pair.First.Zip(pair.Second), numbers => Assert.Equal(numbers.First, numbers.Second, Tolerance)));
    }

    /// <summary>A tiny encoder, or a tiny decoder with a pooling.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly IDisposable _model;

        public Folder(string name)
        {
            if (TinyEncoder.Names.Contains(name))
            {
                var encoder = new TinyEncoder(name);
                (_model, Path) = (encoder, encoder.Folder);
                return;
            }

            var parts = name.Split('-');
            var family = new TinyFamily(parts[0]);
            (_model, Path) = (family, family.Folder);
            TinyEncoder.WritePooling(Path, parts[1] == "last" ? "lasttoken" : "mean_tokens", 32);
        }

        public string Path { get; }

        public string WeightsSha256 => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(Path, "model.safetensors"))));

        public void Dispose() => _model.Dispose();
    }
}
