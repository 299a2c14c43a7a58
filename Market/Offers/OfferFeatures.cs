namespace CocoonOrleans.Market.Offers;

/// <summary>What a request may need besides a plain answer, and a worker may leave out of its offer.</summary>
[Flags]
public enum OfferFeatures
{
    /// <summary>Nothing besides.</summary>
    None = 0,

    /// <summary>Calls of tools: <c>tools</c>.</summary>
    Tools = 1,

    /// <summary>Answers by a schema: <c>structured_outputs</c>.</summary>
    StructuredOutputs = 2,

    /// <summary>Probabilities of tokens: <c>logprobs</c>.</summary>
    Logprobs = 4,

    /// <summary>All of them.</summary>
    All = Tools | StructuredOutputs | Logprobs,
}
