using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Formats;
using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>Writes and reads the model's folder: <c>config.json</c>, <c>generation_config.json</c> and the weights in shards with their index, in Hugging Face's form for Llama.</summary>
public static class ModelFiles
{
    private const string Index = "model.safetensors.index.json";
    private const string Shards = "model-*-of-*.safetensors";
    private const long MostBytesInShard = 8 << 20;

    /// <summary>The files of a folder's weights, in the order of their names.</summary>
    public static IReadOnlyList<string> WeightsOf(string folder) => [.. Directory.GetFiles(folder, Shards).Order(StringComparer.Ordinal)];

    /// <summary>Writes the weights in bfloat16, and the two configuration files.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="network">The network.</param>
    /// <param name="format">Names the tokens that start and end messages.</param>
    public static void Write(string folder, Network network, ChatFormat format)
    {
        using (var scope = NewDisposeScope())
        {
            WriteShards(folder, network.ToLlama());
        }

        var shape = network.Shape;
        WriteJson(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["hidden_size"] = shape.Hidden,
            ["intermediate_size"] = shape.Intermediate,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["num_key_value_heads"] = shape.Heads,
            ["head_dim"] = shape.HeadWidth,
            ["vocab_size"] = shape.Vocabulary,
            ["max_position_embeddings"] = Shape.Positions,
            ["rope_theta"] = Network.RotaryBase,
            ["rms_norm_eps"] = Network.Epsilon,
            ["hidden_act"] = "silu",
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["attention_dropout"] = 0.0,
            ["tie_word_embeddings"] = true,
            ["initializer_range"] = 0.02,
            ["bos_token_id"] = null,
            ["eos_token_id"] = format.End,
            ["pad_token_id"] = format.Padding,
            ["use_cache"] = true,
            ["torch_dtype"] = "bfloat16",
        });
        WriteJson(Path.Combine(folder, "generation_config.json"), new JsonObject { ["eos_token_id"] = format.End, ["pad_token_id"] = format.Padding, ["do_sample"] = false });
    }

    /// <summary>The network of a folder, with the weights as stored.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or is of another shape of network.</exception>
    public static Network Read(string folder, Shape shape)
    {
        var network = new Network(shape, seed: 0);
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var targets = network.ToLlama();
        foreach (var shard in WeightsOf(folder))
        {
            Read(shard, targets);
        }

        return targets.Count == 0 ? network : throw new ModelFormatException(Index, targets.Keys.First(), "is missing");
    }

    private static void Read(string shard, SortedDictionary<string, Tensor> targets)
    {
        using var stream = File.OpenRead(shard);
        foreach (var read in SafetensorsFile.Read(stream, stream.Length, Path.GetFileName(shard), CancellationToken.None))
        {
            if (!targets.Remove(read.Name, out var target) || target.NumberOfElements != read.Values.Length)
            {
                throw new ModelFormatException(Path.GetFileName(shard), read.Name, "does not belong to a network of this shape");
            }

            target.copy_(tensor(read.Values).view(target.shape));
        }
    }

    private static void WriteShards(string folder, SortedDictionary<string, Tensor> tensors)
    {
        foreach (var old in WeightsOf(folder))
        {
            File.Delete(old);
        }

        var shards = new List<List<KeyValuePair<string, Tensor>>> { new() };
        var (bytes, all) = (0L, 0L);
        foreach (var item in tensors)
        {
            var size = item.Value.NumberOfElements * sizeof(ushort);
            if (bytes + size > MostBytesInShard)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(item);
            (bytes, all) = (bytes + size, all + size);
        }

        var map = new JsonObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shards[i], half: true, new Dictionary<string, string> { ["format"] = "pt" });
            foreach (var (tensor, _) in shards[i])
            {
                map.Add(tensor, name);
            }
        }

        WriteJson(Path.Combine(folder, Index), new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = all }, ["weight_map"] = map });
    }

    private static void WriteJson(string file, JsonObject json) => File.WriteAllText(file, json.ToJsonString(new() { WriteIndented = true }) + "\n");
}
