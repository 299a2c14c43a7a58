using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>Configurations of encoders and of how vectors are made, right, wrong and hostile.</summary>
public sealed class EncoderConfigTests : IDisposable
{
    private readonly TinyEncoder _model = new();

    public void Dispose() => _model.Dispose();

    public static TheoryData<string, object?> Refused => new()
    {
        { "architectures", new[] { "BertForSequenceClassification" } },
        { "architectures", null },
        { "model_type", "distilbert" },
        { "hidden_act", "relu" },
        { "position_embedding_type", "relative_key" },
        { "is_decoder", true },
        { "add_cross_attention", true },
        { "embedding_size", 16 },
        { "num_attention_heads", 5 },
        { "num_attention_heads", 0 },
        { "hidden_size", 1_000_000 },
        { "num_hidden_layers", -1 },
        { "vocab_size", "many" },
        { "max_position_embeddings", 0 },
        { "layer_norm_eps", 2 },
        { "type_vocab_size", 5_000 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Parse_WhatIsNotComputed_IsRefusedByName(string field, object? value)
    {
        _model.WriteConfig(config => config[field] = value);

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(_model.Folder));

        Assert.Equal(("config.json", field), (error.File, error.Field));
    }

    [Fact]
    public void Parse_Roberta_LeavesThePaddingsPositionsOut()
    {
        using var model = new TinyEncoder("roberta");

        var shape = Assert.IsType<EncoderConfig>(ModelFolder.Read(model.Folder).Shape);

        Assert.Equal((2, TinyEncoder.ContextTokens, TinyEncoder.ContextTokens + 2), (shape.FirstPosition, shape.ContextTokens, shape.Positions));
    }

    [Fact]
    public void Config_OfAnEncoder_IsNoDecoders()
        => Assert.Equal("architectures", Assert.Throws<ModelFormatException>(() => ModelFolder.Read(_model.Folder).Config).Field);

    [Theory]
    [InlineData("mean_tokens", Pooling.Mean)]
    [InlineData("cls_token", Pooling.Cls)]
    [InlineData("lasttoken", Pooling.Last)]
    public void Read_PoolingFile_IsWhatItSays(string mode, Pooling expected)
    {
        _model.WritePooling(mode);

        Assert.Equal(expected, ModelFolder.Read(_model.Folder).Pooling);
    }

    [Fact]
    public void Read_NoPoolingFile_IsTheMeanForAnEncoderAndNothingForADecoder()
    {
        Directory.Delete(_model.PathOf("1_Pooling"), recursive: true);
        using var decoder = new TinyModel();

        Assert.Equal((Pooling.Mean, null), (ModelFolder.Read(_model.Folder).Pooling, ModelFolder.Read(decoder.Folder).Pooling));
    }

    [Fact]
    public void Read_PoolingFile_IsPartOfTheModel()
    {
        var before = ModelFolder.Read(_model.Folder).Manifest;

        _model.WritePooling("cls_token");

        Assert.NotEqual(before.Sha256, ModelFolder.Read(_model.Folder).Manifest.Sha256);
        Assert.Contains("1_Pooling/config.json", before.Files.Select(file => file.Name));
    }

    [Theory]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension": 32, "pooling_mode_max_tokens": true}""", "pooling_mode_max_tokens")]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension": 32, "pooling_mode_weightedmean_tokens": true}""", "pooling_mode_weightedmean_tokens")]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension": 32}""", "pooling_mode")]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension": 32, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""", "pooling_mode")]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension": 64, "pooling_mode_cls_token": true}""", "word_embedding_dimension")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_cls_token": 1}""", "pooling_mode_cls_token")]
    [InlineData("1_Pooling/config.json", "[]", "config")]
    [InlineData("modules.json", """[{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Dense"}]""", "list[1].type")]
    [InlineData("modules.json", "[{}]", "list[0].type")]
    [InlineData("modules.json", "{}", "list")]
    [InlineData("modules.json", "[1]", "list")]
    [InlineData("modules.json", "[", "config")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": 0}""", "max_seq_length")]
    [InlineData("sentence_bert_config.json", """{"do_lower_case": true}""", "do_lower_case")]
    public void Read_SentenceFileThatAsksForSomethingElse_IsRefusedByName(string file, string json, string field)
    {
        File.WriteAllText(_model.PathOf(file), json);

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(_model.Folder));

        Assert.Equal((file, field), (error.File, error.Field));
    }

    [Fact]
    public void Read_DecoderThatPoolsItsFirstToken_IsRefused()
    {
        using var decoder = new TinyModel();
        TinyEncoder.WritePooling(decoder.Folder, "cls_token", 32);

        Assert.Equal("pooling_mode_cls_token", Assert.Throws<ModelFormatException>(() => ModelFolder.Read(decoder.Folder)).Field);
    }

    [Fact]
    public void Read_DecoderSavedWithoutItsHead_HasTheNamesOfOneWithIt()
    {
        using var whole = new TinyModel();
        TinyEncoder.WritePooling(whole.Folder, "lasttoken", 32);
        var expected = ModelFolder.Read(whole.Folder);
        var headless = new SafetensorsWriter();
        foreach (var tensor in expected.Weights.Values.Where(tensor => tensor.Name != "lm_head.weight"))
        {
            headless.Add(tensor.Name["model.".Length..], [.. tensor.Shape], tensor.Values);
        }

        File.WriteAllBytes(whole.PathOf("model.safetensors"), headless.ToBytes());
        var read = ModelFolder.Read(whole.Folder);

        Assert.Equal(expected.Weights.Keys.Where(name => name != "lm_head.weight").Order(), read.Weights.Keys.Order());
        Assert.Equal(expected.Shape.Parameters, read.Shape.Parameters);
    }

    [Theory]
    [InlineData("encoder.layer.1.attention.self.key.weight", false, "is missing")]
    [InlineData("embeddings.position_embeddings.weight", false, "is missing")]
    [InlineData("encoder.layer.0.output.LayerNorm.bias", true, "has the shape [31]")]
    [InlineData("encoder.layer.3.output.LayerNorm.bias", true, "is no part of")]
    public void Make_WeightsThatDontFit_AreRefusedByNameOnBothBackends(string tensor, bool present, string reason)
    {
        using var model = new TinyEncoder(change: weights =>
        {
            if (present && weights.Entries.ContainsKey(tensor))
            {
                weights.Entries[tensor]["shape"] = new[] { 31 };
                var start = ((long[])weights.Entries[tensor]["data_offsets"])[0];
                weights.Entries[tensor]["data_offsets"] = new[] { start, start + (31 * sizeof(float)) };
                weights.Entries["padding"] = new() { ["dtype"] = "F32", ["shape"] = new[] { 1 }, ["data_offsets"] = new[] { start + (31 * sizeof(float)), start + (32 * sizeof(float)) } };
            }
            else if (present)
            {
                weights.Add(tensor, [1], [0]);
            }
            else
            {
                var entry = weights.Entries[tensor];
                weights.Entries.Remove(tensor);
                weights.Entries["pooler.instead"] = entry;
            }
        });
        var folder = ModelFolder.Read(model.Folder);
        var shape = (EncoderConfig)folder.Shape;
        TorchLibrary.Load();
        using var team = new CpuTeam(1);

        var torch = Assert.Throws<ModelFormatException>(() => new TorchEncoder(shape, folder.Weights, 64, 8));
        var cpu = Assert.Throws<ModelFormatException>(() => new CpuEncoder(shape, folder.Weights, WeightFormat.Float32, 64, 8, team));

        Assert.All((ModelFormatException[])[torch, cpu], error => Assert.Equal(("weights", tensor, true), (error.File, error.Field, error.Message.Contains(reason, StringComparison.Ordinal))));
    }

    [Fact]
    public void Make_CpuWeightThatIsInfinite_IsRefusedByName()
    {
        const string Tensor = "encoder.layer.0.intermediate.dense.weight";
        using var model = new TinyEncoder(change: weights => weights.Set(Tensor, 5, float.PositiveInfinity));
        var folder = ModelFolder.Read(model.Folder);
        using var team = new CpuTeam(1);

        var error = Assert.Throws<ModelFormatException>(() => new CpuEncoder((EncoderConfig)folder.Shape, folder.Weights, WeightFormat.Int8, 64, 8, team));

        Assert.Equal(Tensor, error.Field);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData("modules.json")]
    [InlineData("sentence_bert_config.json")]
    public void Read_MutatedFile_GivesAModelOrATypedError(string file)
    {
        if (file == "sentence_bert_config.json")
        {
            File.WriteAllText(_model.PathOf(file), """{"max_seq_length": 20, "do_lower_case": false}""");
        }

        var original = File.ReadAllBytes(_model.PathOf(file));
        var shape = ModelFolder.Read(_model.Folder).Shape;
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = original.ToArray();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                return Record.Exception(() => ReadFile(file, bytes, shape)) is null or ModelFormatException;
            },
            iter: 3_000);
    }

    [Fact]
    public void Read_MutatedGguf_GivesAModelOrATypedError()
    {
        using var stream = new MemoryStream();
        GgufExport.Write(ModelFolder.Read(_model.Folder), GgufTensorType.F32, stream, CancellationToken.None);
        var original = stream.ToArray();
        Gen.Select(Gen.Int[0, 6_000], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = original.ToArray();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                return Record.Exception(() =>
                {
                    var gguf = GgufFile.Open(new MemoryStream(bytes), bytes.Length, "m.gguf");
                    IGgufModel.Of(gguf, "m.gguf").Complete();
                }) is null or ModelFormatException;
            },
            iter: 3_000);
    }

    [Theory]
    [InlineData("bert.attention.causal", "only false")]
    [InlineData("bert.pooling_type", "4 is not supported")]
    [InlineData("bert.attention.head_count", "does not divide")]
    [InlineData("bert.expert_count", "not supported")]
    public void Gguf_WhatIsNotComputed_IsRefusedByName(string key, string reason)
    {
        GgufWriter Number(string name, uint value) => new GgufWriter()
            .Key("general.architecture", "bert").Key("bert.embedding_length", 4).Key("bert.feed_forward_length", 4).Key("bert.block_count", 1)
            .Key("bert.attention.head_count", name == "bert.attention.head_count" ? value : 2).Key("bert.attention.layer_norm_epsilon", 1e-5f)
            .Add("token_embd.weight", [3, 4], new float[12]).Add("position_embd.weight", [2, 4], new float[8]);
        var writer = key switch
        {
            "bert.attention.causal" => Number(key, 0).Raw(key, 7, binary => binary.Write((byte)1)),
            "bert.pooling_type" => Number(key, 4).Key(key, 4),
            "bert.expert_count" => Number(key, 4).Key(key, 8),
            _ => Number(key, 3),
        };
        var bytes = writer.ToBytes();

        var error = Assert.Throws<ModelFormatException>(() => IGgufModel.Of(GgufFile.Open(new MemoryStream(bytes), bytes.Length, "m.gguf"), "m.gguf"));

        Assert.Equal(("m.gguf", key, true), (error.File, error.Field, error.Message.Contains(reason, StringComparison.Ordinal)));
    }

    private static void ReadFile(string file, byte[] bytes, TransformerConfig shape)
    {
        ReadOnlyMemory<byte> Text(string name) => name == file ? bytes : default;
        if (file == "config.json")
        {
            TransformerConfig.Parse(bytes);
        }
        else
        {
            SentenceFiles.ReadPooling(Text, shape);
            SentenceFiles.ReadLength(Text);
        }
    }
}
