using System.Buffers.Binary;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Metrics;

namespace CocoonOrleans.Gateway.Embeddings;

/// <summary>
/// The vectors of one job as they come from a worker: as many finite numbers as were asked for, no more and no less. Nothing is out before the end, so another worker
/// can begin anew at any time.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="metrics">Told of the first vector.</param>
/// <param name="time">The clock.</param>
public sealed class EmbeddingsAnswer(EmbeddingsJob job, GatewayMetrics metrics, TimeProvider time) : IJobAnswer
{
    private float[] _numbers = [];

    /// <inheritdoc/>
    public bool HasDelivered => false;

    /// <summary>The numbers of one input's vector.</summary>
    public ReadOnlySpan<float> Vector(int index) => _numbers.AsSpan(index * job.Dimensions, job.Dimensions);

    /// <inheritdoc/>
    public AnswerReader Begin() => new Reader(this, job, metrics, time);

    private sealed class Reader(EmbeddingsAnswer answer, EmbeddingsJob job, GatewayMetrics metrics, TimeProvider time) : AnswerReader
    {
        private readonly long _sent = time.GetTimestamp();
        private readonly byte[] _cut = new byte[sizeof(float)];
        private int _cutLength;
        private int _count;

        public override int CountTokens() => 0;

        public override ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> bytes) => ValueTask.FromResult(Take(bytes.Span));

        private string? Take(ReadOnlySpan<byte> bytes)
        {
            // A number may be cut between two pieces.
            if (_cutLength > 0)
            {
                int more = Math.Min(sizeof(float) - _cutLength, bytes.Length);
                bytes[..more].CopyTo(_cut.AsSpan(_cutLength));
                bytes = bytes[more..];
                _cutLength += more;
                if (_cutLength < sizeof(float))
                {
                    return null;
                }

                _cutLength = 0;
                if (TakeWhole(_cut) is { } fault)
                {
                    return fault;
                }
            }

            int whole = bytes.Length / sizeof(float) * sizeof(float);
            bytes[whole..].CopyTo(_cut);
            _cutLength = bytes.Length - whole;
            return TakeWhole(bytes[..whole]);
        }

        private string? TakeWhole(ReadOnlySpan<byte> body)
        {
            int count = body.Length / sizeof(float);
            if (count == 0)
            {
                return null;
            }

            int expected = job.Inputs * job.Dimensions;
            if (count > expected - _count)
            {
                return "vectors_too_many";
            }

            if (!HasBegun)
            {
                HasBegun = true;
                metrics.FirstToken(job.Arrived, job.Model.Name);
                metrics.FirstRecord(_sent);
                answer._numbers = new float[expected];
            }

            for (int i = 0; i < count; i++)
            {
                float number = BinaryPrimitives.ReadSingleLittleEndian(body[(i * sizeof(float))..]);
                if (!float.IsFinite(number))
                {
                    return "vectors_not_finite";
                }

                answer._numbers[_count++] = number;
            }

            // What is complete ends as an answer does that says all it wanted.
            FinishReason = _count == expected && _cutLength == 0 ? "stop" : null;
            return null;
        }
    }
}
