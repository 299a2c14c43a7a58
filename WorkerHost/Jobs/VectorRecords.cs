using System.Buffers.Binary;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Writes vectors as data records: float32, little-endian, one vector behind the other, each record as full as it may be.</summary>
internal static class VectorRecords
{
    private const int BytesOfRecord = 32 << 10;
    private const int NumbersOfRecord = BytesOfRecord / sizeof(float);

    /// <summary>The bodies of the records; each is valid until the next one is asked for.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(IReadOnlyList<float[]> vectors)
    {
        var body = new byte[BytesOfRecord];
        int numbers = 0;
        foreach (float[] vector in vectors)
        {
            foreach (float number in vector)
            {
                BinaryPrimitives.WriteSingleLittleEndian(body.AsSpan(numbers++ * sizeof(float)), number);
                if (numbers == NumbersOfRecord)
                {
                    yield return body;
                    numbers = 0;
                }
            }
        }

        if (numbers > 0)
        {
            yield return body.AsMemory(0, numbers * sizeof(float));
        }
    }
}
