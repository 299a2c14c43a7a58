using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;

namespace CocoonOrleans.Inference.Models;

/// <summary>A model as GGUF files have it, told in the words of Hugging Face, which decoders and encoders go by.</summary>
internal interface IGgufModel
{
    /// <summary>The key that names the architecture.</summary>
    const string Architecture = "general.architecture";

    /// <summary>The model of a file.</summary>
    /// <exception cref="ModelFormatException">A key is missing or out of range, or the model computes something that the engine does not.</exception>
    static IGgufModel Of(GgufFile gguf, string file)
        => gguf.Metadata.Text(Architecture) == EncoderFamily.GgufArchitecture ? new GgufEncoder(gguf, file) : new GgufModel(gguf, file);

    /// <summary>How vectors are made of its states; null where it generates.</summary>
    Pooling? Pooling { get; }

    /// <summary>The same weights under the name and in the order that the engine takes; null for a tensor that belongs to the shape.</summary>
    /// <exception cref="ModelFormatException">It is no tensor of such a model.</exception>
    WeightTensor? Take(WeightTensor tensor);

    /// <summary>The model's shape, once all tensors were taken.</summary>
    /// <exception cref="ModelFormatException">It asks for something that is not computed.</exception>
    TransformerConfig Complete();
}
