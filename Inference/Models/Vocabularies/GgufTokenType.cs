namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>Kinds of tokens in <c>tokenizer.ggml.token_type</c>.</summary>
internal enum GgufTokenType
{
    /// <summary>A part of text.</summary>
    Normal = 1,

    /// <summary>Stands for what no token covers.</summary>
    Unknown = 2,

    /// <summary>A mark of structure, no text.</summary>
    Control = 3,

    /// <summary>A text that is one token wherever it stands.</summary>
    UserDefined = 4,

    /// <summary>Never used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
