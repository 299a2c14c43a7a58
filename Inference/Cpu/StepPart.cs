namespace CocoonOrleans.Inference.Cpu;

/// <summary>What a decoder's step is made of, in the order of a layer.</summary>
internal enum StepPart
{
    /// <summary>Embeddings, and norms with the quantising of what they give.</summary>
    Norms,

    /// <summary>The product for queries, keys and values.</summary>
    QueryKeyValue,

    /// <summary>Rotary angles, and keys and values put into the cache.</summary>
    Heads,

    /// <summary>Attention, with the quantising of its result.</summary>
    Attention,

    /// <summary>The product behind attention.</summary>
    Output,

    /// <summary>The first product of the feed-forward part.</summary>
    GateUp,

    /// <summary>Activation and gate, with the quantising of their result.</summary>
    Gate,

    /// <summary>The second product of the feed-forward part.</summary>
    Down,

    /// <summary>The output layer, with the last norm.</summary>
    Logits,
}
