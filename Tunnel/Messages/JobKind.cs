namespace CocoonOrleans.Tunnel.Messages;

/// <summary>What a job's payload asks, and so what its data records hold.</summary>
public enum JobKind
{
    /// <summary>OpenAI's chat completion; each data record is one <c>chat.completion.chunk</c>.</summary>
    Chat,

    /// <summary>
    /// OpenAI's embeddings; the data records, one behind the other, are the vectors in the order of the inputs: float32, little-endian, whole numbers in each record.
    /// </summary>
    Embeddings,
}
