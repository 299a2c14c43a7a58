using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Vocabularies;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// A model's files in private memory, each read once and hashed as it was read. Files that no part of the engine reads (a card, a licence)
/// are not part of it. Where sentence-transformers' files say how, or the model is an encoder, it makes embeddings, else it generates. The weights are safetensors, which config.json describes, or where there are none one GGUF file, which describes itself. Such a file
/// may hold the tokenizer too; tokenizer.json beside it goes before.
/// </summary>
public sealed class ModelFolder
{
    private const long MaximumTextBytes = 64 << 20;
    private const string DecoderPrefix = "model.";

    private readonly IModelFiles _source;
    private readonly List<ModelFile> _files = [];
    private readonly Dictionary<string, byte[]> _texts = [];
    private readonly Dictionary<string, WeightTensor> _weights = [];
    private readonly WeightRoom _room = WeightRoom.OfMachine();
    private readonly Action<long, long> _progress;
    private readonly CancellationToken _cancellationToken;
    // Where the tokenizer stands if not in files of its own.
    private string? _vocabularyFile;
    private long _bytesRead;
    private long _bytesTotal;

    private ModelFolder(IModelFiles source, WeightQuantization quantization, Action<long, long> progress, CancellationToken cancellationToken)
    {
        _source = source;
        _progress = progress;
        _cancellationToken = cancellationToken;
        Weights = _weights;
        (Shape, Pooling) = ReadAll();
        source.Check(_files);
        Manifest = new ModelManifest(_files, quantization);
    }

    /// <summary>What was read.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The shape of its decoder or encoder.</summary>
    public TransformerConfig Shape { get; }

    /// <summary>How vectors are made of its states, where it makes embeddings; null where it generates.</summary>
    public Pooling? Pooling { get; }

    /// <summary>Numbers of its vectors, where it makes embeddings; null where it generates.</summary>
    public int? EmbeddingDimensions => Pooling is null ? null : Shape.HiddenSize;

    /// <summary>The decoder's shape.</summary>
    /// <exception cref="ModelFormatException">The model is an encoder.</exception>
    public DecoderConfig Config => Shape as DecoderConfig ?? throw new ModelFormatException(TransformerConfig.FileName, "architectures", $"{Shape.Architecture} is an encoder, and a decoder is needed");

    /// <summary>The weights by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Weights { get; private set; }

    /// <summary>Reads a model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Told bytes read and bytes to read; null for nobody.</param>
    /// <param name="quantization">What the engine will make of the weights: part of the model's identity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFormatException">A file is missing, unreadable, truncated or breaks a rule of its format.</exception>
    public static ModelFolder Read(
        string folder,
        Action<long, long>? progress = null,
        WeightQuantization quantization = WeightQuantization.None,
        CancellationToken cancellationToken = default)
        => Read(new PlainModelFiles(folder), progress, quantization, cancellationToken);

    /// <summary>Reads a model from wherever its files are.</summary>
    /// <param name="source">Its files.</param>
    /// <param name="progress">Told bytes read and bytes to read; null for nobody.</param>
    /// <param name="quantization">What the engine will make of the weights: part of the model's identity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFormatException">As above, or it is another model than the files' source means.</exception>
    public static ModelFolder Read(
        IModelFiles source,
        Action<long, long>? progress = null,
        WeightQuantization quantization = WeightQuantization.None,
        CancellationToken cancellationToken = default)
        => new(source, quantization, progress ?? ((_, _) => { }), cancellationToken);

    /// <summary>From now on whoever makes a decoder of the weights tells how far it has come.</summary>
    /// <param name="taken">Told bytes done and bytes to do, as float32.</param>
    public void WatchWeights(Action<long, long> taken) => Weights = new WatchedWeights(_weights, taken);

    /// <summary>Content of a file that is not weights; empty where the model has no such file.</summary>
    public ReadOnlyMemory<byte> Text(string name) => _texts.GetValueOrDefault(name, []);

    /// <summary>Tokenizer and chat template of a folder, without its weights.</summary>
    /// <exception cref="ModelFormatException">They can't be used, or there is none.</exception>
    public static ChatModel ReadChat(string folder) => ReadChat(new PlainModelFiles(folder));

    /// <summary>Tokenizer and chat template of a model's files, without its weights.</summary>
    /// <exception cref="ModelFormatException">They can't be used, or there is none.</exception>
    public static ChatModel ReadChat(IModelFiles source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            var texts = ((string[])[TokenizerFiles.Tokenizer, .. TokenizerFiles.Optional]).Where(source.Exists).ToDictionary(name => name, name => ReadText(source, name));
            string? vocabularyFile = null;
            if (!texts.ContainsKey(TokenizerFiles.Tokenizer) && ModelFileList.FindGguf(source) is { } file)
            {
                vocabularyFile = file;
                using var stream = source.Open(file);
                AddVocabulary(texts, GgufFile.Open(stream, stream.Length, file));
            }

            return texts.ContainsKey(TokenizerFiles.Tokenizer) ? TokenizerFiles.Load(texts, vocabularyFile) : throw new ModelFormatException(TokenizerFiles.Tokenizer, "file", $"is missing in {source.Place}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(source.Place, "folder", $"can't be read: {e.Message}", e);
        }
    }

    /// <summary>Tokenizer and chat template.</summary>
    /// <exception cref="ModelFormatException">They can't be used.</exception>
    public ChatModel Chat() => TokenizerFiles.Load(_texts, _vocabularyFile);

    internal static byte[] ReadText(IModelFiles source, string name)
    {
        using var stream = source.Open(name);
        var bytes = stream.Length <= MaximumTextBytes ? new byte[stream.Length] : throw TooLarge(name, stream.Length);
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ModelFormatException TooLarge(string name, long length) => new(name, "size", $"{length} bytes are more than {MaximumTextBytes}");

    /// <summary>What an engine says about this model.</summary>
    /// <param name="name">The name that clients use.</param>
    /// <param name="contextTokens">Highest sum of prompt and completion tokens that the engine allows.</param>
    /// <exception cref="ModelFormatException">The tokenizer can't be used, or not with these weights.</exception>
    public LoadedModel Describe(string name, int contextTokens)
    {
        var chat = Chat();
        var tokenizer = chat.Tokenizer;
        return tokenizer.VocabularySize <= Shape.VocabularySize
            ? new LoadedModel(name, Manifest.Sha256, contextTokens, Shape.Parameters, chat, TokenizerFiles.StopIds(tokenizer, Shape.EndIds)) { EmbeddingSize = EmbeddingDimensions }
            : throw new ModelFormatException(_vocabularyFile ?? TokenizerFiles.Tokenizer, "vocabulary", $"has {tokenizer.VocabularySize} ids, but the weights know {Shape.VocabularySize}");
    }

    private (TransformerConfig Shape, Pooling? Pooling) ReadAll()
    {
        var list = ModelFileList.Of(_source);
        _bytesTotal = list.Texts.Sum(_source.Size);
        foreach (var name in list.Texts)
        {
            ReadFile(name, (stream, length) =>
            {
                var bytes = length <= MaximumTextBytes ? new byte[length] : throw TooLarge(name, length);
                stream.ReadExactly(bytes);
                _texts.Add(name, bytes);
            });
        }

        if (list.Gguf is { } gguf)
        {
            _bytesTotal += _source.Size(gguf);
            return Complete(ReadGguf(gguf));
        }

        if (list.IsSharded)
        {
            ReadShards(SafetensorsIndex.Parse(Text(SafetensorsIndex.FileName)));
        }
        else
        {
            _bytesTotal += _source.Size(ModelFileList.SingleWeights);
            ReadWeights(ModelFileList.SingleWeights, _ => ModelFileList.SingleWeights);
        }

        return Complete((TransformerConfig.Parse(Text(TransformerConfig.FileName)), null));
    }

    /// <summary>What sentence-transformers' files say goes before what the weights' own do; an encoder makes vectors in any case.</summary>
    private (TransformerConfig Shape, Pooling? Pooling) Complete((TransformerConfig Shape, Pooling? Pooling) own)
    {
        var (shape, pooling) = own;
        pooling = SentenceFiles.ReadPooling(Text, shape) ?? pooling ?? (shape is EncoderConfig ? Models.Pooling.Mean : null);
        if (pooling is null)
        {
            return own;
        }

        if (shape is DecoderConfig decoder)
        {
            shape = decoder with { Embeds = true };
            AddPrefix();
        }

        return (shape with { ContextTokens = Math.Min(shape.ContextTokens, SentenceFiles.ReadLength(Text) ?? int.MaxValue) }, pooling);
    }

    /// <summary>Decoders that were saved without an output layer have no name before their tensors'.</summary>
    private void AddPrefix()
    {
        if (_weights.ContainsKey(DecoderPrefix + "embed_tokens.weight"))
        {
            return;
        }

        foreach (var (name, tensor) in _weights.ToList())
        {
            if (!name.StartsWith("lm_head.", StringComparison.Ordinal))
            {
                _weights.Remove(name);
                _weights.TryAdd(DecoderPrefix + name, tensor with { Name = DecoderPrefix + name });
            }
        }
    }

    /// <summary>Adds the files that a GGUF file's own tokenizer comes to. What stands beside it goes before.</summary>
    private static void AddVocabulary(Dictionary<string, byte[]> texts, GgufFile gguf)
    {
        var vocabulary = GgufVocabularyReader.Read(gguf.Metadata);
        texts[TokenizerFiles.Tokenizer] = vocabulary.TokenizerJson;
        texts.TryAdd(TokenizerFiles.Config, vocabulary.ConfigJson);
        if (vocabulary.ChatTemplate is { } template)
        {
            texts.TryAdd(TokenizerFiles.Template, Encoding.UTF8.GetBytes(template));
        }
    }

    private (TransformerConfig Shape, Pooling? Pooling) ReadGguf(string file)
    {
        (TransformerConfig, Pooling?) read = default;
        ReadFile(file, (stream, length) =>
        {
            var gguf = GgufFile.Open(stream, length, file);
            if (!_texts.ContainsKey(TokenizerFiles.Tokenizer))
            {
                _vocabularyFile = file;
                AddVocabulary(_texts, gguf);
            }

            var model = IGgufModel.Of(gguf, file);
            foreach (var weights in gguf.ReadTensors(_cancellationToken, _room).Select(model.Take).OfType<WeightTensor>())
            {
                _weights.Add(weights.Name, weights);
            }

            read = (model.Complete(), model.Pooling);
        });
        return read;
    }

    private void ReadShards(IReadOnlyDictionary<string, string> shards)
    {
        var files = ModelFileList.Shards(shards);
        _bytesTotal += files.Sum(_source.Size);
        foreach (var shard in files)
        {
            ReadWeights(shard, name => shards.GetValueOrDefault(name));
        }

        if (shards.Keys.FirstOrDefault(name => !_weights.ContainsKey(name)) is { } missing)
        {
            throw new ModelFormatException(shards[missing], missing, $"{SafetensorsIndex.FileName} says that this file holds it, but it does not");
        }
    }

    private void ReadWeights(string file, Func<string, string?> fileOf) => ReadFile(file, (stream, length) =>
    {
        foreach (var tensor in SafetensorsFile.Read(stream, length, file, _cancellationToken, _room))
        {
            if (fileOf(tensor.Name) != file)
            {
                throw new ModelFormatException(file, tensor.Name, $"{SafetensorsIndex.FileName} does not say that this file holds it");
            }

            _weights.Add(tensor.Name, tensor);
        }
    });

    private void ReadFile(string name, Action<Stream, long> read)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var stream = new HashingStream(_source.Open(name), Advance);
            var length = stream.Length;
            read(stream, length);
            _files.Add(new ModelFile(name, length, stream.Sha256()));
        }
        catch (FileNotFoundException e)
        {
            throw new ModelFormatException(name, "file", $"is missing in {_source.Place}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(name, "file", $"can't be read: {e.Message}", e);
        }
    }

    private void Advance(int count)
    {
        _bytesRead += count;
        _progress(_bytesRead, _bytesTotal);
    }
}
