using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>A vocabulary of a size as it is in use: <c>../shared/models/qwen3-tokenizer</c> beside the checkout.</summary>
internal static class Qwen3Vocabulary
{
    /// <summary>Number of logits that Qwen3's models have; the last ids are no token.</summary>
    public const int Size = 151_936;

    public static Tokenizer Load()
    {
        var folder = SharedModels.Find("qwen3-tokenizer");
        Skip.If(folder is null, "shared/models/qwen3-tokenizer is not beside this checkout: no grammar was tried on a large vocabulary");
        return Tokenizer.Load(folder!);
    }
}
