using System.Buffers;
using System.Buffers.Binary;
using CocoonOrleans.Client.Requests;

namespace CocoonOrleans.Client.Answers;

/// <summary>Collects vectors, which come as float32, little-endian, one behind the other, into OpenAI's list of embeddings.</summary>
internal sealed class EmbeddingsList(ApiCall call)
{
    private readonly ArrayBufferWriter<byte> _numbers = new(4096);

    /// <summary>Takes the next piece of the body.</summary>
    public void Take(ReadOnlySpan<byte> piece) => _numbers.Write(piece);

    /// <summary>The document.</summary>
    /// <exception cref="SealingRefusedException">There are not as many vectors as inputs.</exception>
    public byte[] End(VerifiedUsage usage)
    {
        var vectorBytes = _numbers.WrittenCount / Math.Max(1, call.Inputs);
        if (vectorBytes == 0 || vectorBytes % sizeof(float) != 0 || (long)vectorBytes * call.Inputs != _numbers.WrittenCount)
        {
            throw ChunkEvents.Malformed(null);
        }

        return AnswerDocuments.Write(json =>
        {
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            for (var i = 0; i < call.Inputs; i++)
            {
                var vector = _numbers.WrittenSpan.Slice(i * vectorBytes, vectorBytes);
                json.WriteStartObject();
                json.WriteString("object", "embedding");
                json.WriteNumber("index", i);
                if (call.AsBase64)
                {
                    json.WriteBase64String("embedding", vector);
                }
                else
                {
                    json.WriteStartArray("embedding");
                    for (; vector.Length > 0; vector = vector[sizeof(float)..])
                    {
                        json.WriteNumberValue(BinaryPrimitives.ReadSingleLittleEndian(vector));
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("model", call.Model);
            AnswerDocuments.WriteUsage(json, usage, generates: false);
            AnswerDocuments.WriteProvider(json, usage);
        });
    }
}
