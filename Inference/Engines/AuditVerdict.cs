namespace CocoonOrleans.Inference.Engines;

/// <summary>What a check of an answer comes to.</summary>
public enum AuditVerdict
{
    /// <summary>All that could be compared agrees within the tolerance.</summary>
    Consistent,

    /// <summary>The reported log-probabilities are not this model's for these tokens: another model, other weights, another prompt, or an edited text.</summary>
    OtherLogprobs,

    /// <summary>The draws of this seed give other tokens.</summary>
    OtherDraws,

    /// <summary>Neither log-probabilities nor a seed came with the answer: nothing can be said.</summary>
    Inconclusive,
}
