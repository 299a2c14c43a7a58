namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>One step of a tokenizer's <c>decoder</c>, as far as it looks at a token and its place only. Thread-safe.</summary>
internal interface IDecoderStep
{
    DecodedToken Decode(DecodedToken token, TokenPlace place);
}
