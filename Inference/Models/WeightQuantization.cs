namespace CocoonOrleans.Inference.Models;

/// <summary>What becomes of a model's weights when it is loaded. All but <see cref="None"/> make another model of them, with another id.</summary>
public enum WeightQuantization
{
    /// <summary>Every weight stays the number that the files hold, in float32, or in bfloat16 where a whole matrix is made of such numbers.</summary>
    None,

    /// <summary>16 bits: rounded to bfloat16. Half the memory. What they meet stays float32.</summary>
    BFloat16,

    /// <summary>8.5 bits: int8 in groups of 32 with bfloat16 scales; activations are int8 where they meet them. About a quarter of the memory.</summary>
    Int8,

    /// <summary>4.5 bits: int4 in groups of 32 with bfloat16 scales; embeddings and the output layer as <see cref="Int8"/>.</summary>
    Int4,

    /// <summary>
    /// 16 bits, and all that is computed, keys and values too, is bfloat16: as libtorch is fast on a GPU. Log-probabilities are ten times as far from float32's as an audit of
    /// <see cref="BFloat16"/> allows, so it is a model of its own.
    /// </summary>
    BFloat16Compute,
}
