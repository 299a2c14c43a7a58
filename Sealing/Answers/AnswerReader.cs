using System.Buffers;
using System.IO.Pipelines;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>Reads an answer from where it comes in. One caller at a time.</summary>
/// <param name="opener">Opens it; not disposed of.</param>
/// <param name="input">Where its bytes come from; not completed.</param>
public sealed class AnswerReader(AnswerOpener opener, PipeReader input)
{
    private ReadOnlySequence<byte> _left;
    private bool _isReading;
    private bool _isOver;

    /// <summary>Waits for the next record.</summary>
    /// <returns>
    /// Null at the end: then <see cref="AnswerOpener.Fault"/> says what is wrong, and where nothing is, <see cref="AnswerOpener.Final"/> or <see cref="AnswerOpener.Error"/> is there.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was cancelled; also the exceptions of the input.</exception>
    public async ValueTask<SealedRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (opener.TryRead(ref _left, out var record))
            {
                return record;
            }

            if (opener.Fault != SealingFault.None || _isOver)
            {
                opener.Complete();
                return null;
            }

            // What was not used up is looked at again together with what comes next.
            if (_isReading)
            {
                input.AdvanceTo(_left.Start, _left.End);
            }

            var result = await input.ReadAsync(cancellationToken);
            _isReading = true;
            _left = result.Buffer;
            _isOver = result.IsCompleted || result.IsCanceled;
        }
    }
}
