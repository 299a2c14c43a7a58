namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>Keys of a GGUF file that make its tokenizer (github.com/ggml-org/ggml, <c>docs/gguf.md</c>, "Tokenizer").</summary>
internal static class VocabularyKeys
{
    public const string Model = "tokenizer.ggml.model";
    public const string Splitting = "tokenizer.ggml.pre";
    public const string Tokens = "tokenizer.ggml.tokens";
    public const string Types = "tokenizer.ggml.token_type";
    public const string Scores = "tokenizer.ggml.scores";
    public const string Merges = "tokenizer.ggml.merges";
    public const string Begin = "tokenizer.ggml.bos_token_id";
    public const string End = "tokenizer.ggml.eos_token_id";
    public const string Unknown = "tokenizer.ggml.unknown_token_id";
    public const string Separator = "tokenizer.ggml.seperator_token_id"; // So spelt in all such files.
    public const string Class = "tokenizer.ggml.cls_token_id";
    public const string Padding = "tokenizer.ggml.padding_token_id";
    public const string Mask = "tokenizer.ggml.mask_token_id";
    public const string TokenTypeCount = "tokenizer.ggml.token_type_count";
    public const string AddsBegin = "tokenizer.ggml.add_bos_token";
    public const string AddsEnd = "tokenizer.ggml.add_eos_token";
    public const string AddsSpace = "tokenizer.ggml.add_space_prefix";
    public const string ChatTemplate = "tokenizer.chat_template";
    public const string WholeFile = "tokenizer.huggingface.json";

    /// <summary>Byte-level BPE, of which GPT-2 was the first.</summary>
    public const string ByteLevel = "gpt2";

    /// <summary>SentencePiece's BPE with byte fallback.</summary>
    public const string SentencePiece = "llama";

    /// <summary>WordPiece, as BERT has it: a word's first token bears the mark of a space, those that go on bear nothing.</summary>
    public const string WordPiece = "bert";

    /// <summary>The mark that stands for a space in SentencePiece's vocabularies.</summary>
    public const string Space = "\u2581";
}
