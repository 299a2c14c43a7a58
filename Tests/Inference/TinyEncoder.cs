using System.Text.Json;

namespace CocoonOrleans.Tests.Inference;

/// <summary>
/// A BERT of some 30,000 random weights, always the same, with a WordPiece tokenizer of letters and a few words, and sentence-transformers' files: its vectors mean
/// nothing, but are made as a real one's are.
/// </summary>
public sealed class TinyEncoder : IDisposable
{
    public const int VocabularySize = 128;
    public const int ContextTokens = 64;
    public const int Hidden = 32;
    public const int Layers = 3;
    public const int ClsId = 2;
    public const int SepId = 3;

    private const int Inner = 48;

    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "quick", "brown", "fox", "##ing", "##ed", ".", ",", "!"];

    private readonly TemporaryFolder _folder = new();
    private readonly bool _roberta;

    public TinyEncoder(string name = "bert", Action<SafetensorsWriter>? change = null)
    {
        _roberta = name.StartsWith("roberta", StringComparison.Ordinal);
        WriteConfig(_ => { });
        WritePooling(name.EndsWith("-cls", StringComparison.Ordinal) ? "cls_token" : "mean_tokens");
        File.WriteAllText(_folder.File("tokenizer.json"), JsonSerializer.Serialize(TokenizerJson()));
        var weights = RandomWeights();
        change?.Invoke(weights);
        File.WriteAllBytes(_folder.File("model.safetensors"), weights.ToBytes());
    }

    public static IEnumerable<string> Names => ["bert", "bert-cls", "roberta"];

    public string Folder => _folder.Path;

    public string PathOf(string name) => _folder.File(name);

    public void WriteConfig(Action<Dictionary<string, object?>> change)
    {
        var config = new Dictionary<string, object?>
        {
            ["architectures"] = new[] { _roberta ? "RobertaModel" : "BertModel" },
            ["model_type"] = _roberta ? "roberta" : "bert",
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = Inner,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = 4,
            ["vocab_size"] = VocabularySize,
            ["max_position_embeddings"] = Positions,
            ["type_vocab_size"] = TokenTypes,
            ["layer_norm_eps"] = 1e-5,
            ["hidden_act"] = "gelu",
            ["position_embedding_type"] = "absolute",
            ["pad_token_id"] = _roberta ? 1 : 0,
        };
        change(config);
        File.WriteAllText(_folder.File("config.json"), JsonSerializer.Serialize(config));
    }

    /// <summary>Says how vectors are made, as sentence-transformers does.</summary>
    public void WritePooling(string mode) => WritePooling(Folder, mode, Hidden);

    /// <summary>Says it in another model's folder.</summary>
    public static void WritePooling(string folder, string mode, int size)
    {
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        File.WriteAllText(
            Path.Combine(folder, "1_Pooling", "config.json"),
            JsonSerializer.Serialize(new Dictionary<string, object> { ["word_embedding_dimension"] = size, ["pooling_mode_max_tokens"] = false, [$"pooling_mode_{mode}"] = true }));
        File.WriteAllText(
            Path.Combine(folder, "modules.json"),
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
    }

    public void Dispose() => _folder.Dispose();

    private int Positions => ContextTokens + (_roberta ? 2 : 0);

    private int TokenTypes => _roberta ? 1 : 2;

    private SafetensorsWriter RandomWeights()
    {
        var random = new Random(17);
        var weights = new SafetensorsWriter();
        void Add(string name, float centre, float width, params int[] shape)
            => weights.Add(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => centre + (width * (float)(random.NextDouble() - 0.5)))]);
        void Norm(string name)
        {
            Add(name + ".weight", 1, 1, Hidden);
            Add(name + ".bias", 0, 1, Hidden);
        }

        void Linear(string name, int rows, int columns, float width = 1)
        {
            Add(name + ".weight", 0, width, rows, columns);
            Add(name + ".bias", 0, width, rows);
        }

        Add("embeddings.word_embeddings.weight", 0, 1, VocabularySize, Hidden);
        Add("embeddings.position_embeddings.weight", 0, 1, Positions, Hidden);
        Add("embeddings.token_type_embeddings.weight", 0, 1, TokenTypes, Hidden);
        Norm("embeddings.LayerNorm");
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"encoder.layer.{i}.";
            foreach (var part in (string[])["query", "key", "value"])
            {
                Linear($"{layer}attention.self.{part}", Hidden, Hidden);
            }

            Linear(layer + "attention.output.dense", Hidden, Hidden);
            Norm(layer + "attention.output.LayerNorm");
            Linear(layer + "intermediate.dense", Inner, Hidden);

            // llama.cpp computes GELU in its tanh form, from a table of float16: these layers weigh a tenth.
            Linear(layer + "output.dense", Hidden, Inner, 0.1f);
            Norm(layer + "output.LayerNorm");
        }

        // Which no state depends on.
        Linear("pooler.dense", Hidden, Hidden);
        weights.Add("embeddings.position_ids", "I64", [1, 2], [.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(1L)]);
        return weights;
    }

    private static object TokenizerJson()
    {
        var letters = Enumerable.Range('a', 26).Select(letter => $"{(char)letter}").ToList();
        string[] tokens = [.. Words, .. letters, .. letters.Select(letter => "##" + letter)];
        return new Dictionary<string, object?>
        {
            ["version"] = "1.0",
            ["truncation"] = new { direction = "Right", max_length = ContextTokens, strategy = "LongestFirst", stride = 0 },
            ["padding"] = null,
            ["added_tokens"] = Words[..5].Select((content, id) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            ["normalizer"] = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
            ["pre_tokenizer"] = new { type = "BertPreTokenizer" },
            ["post_processor"] = new { type = "BertProcessing", sep = new object[] { "[SEP]", SepId }, cls = new object[] { "[CLS]", ClsId } },
            ["decoder"] = new { type = "WordPiece", prefix = "##", cleanup = true },
            ["model"] = new
            {
                type = "WordPiece",
                unk_token = "[UNK]",
                continuing_subword_prefix = "##",
                max_input_chars_per_word = 100,
                vocab = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id),
            },
        };
    }
}
