using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.TextCompletions;

/// <summary>Turns the chunks of a chat into those of a completed text, and passes them on as events.</summary>
/// <param name="job">The job.</param>
/// <param name="events">Where they go.</param>
public sealed class TextCompletionStream(ChatJob job, SseAnswer events) : IAnswerSink
{
    private readonly int[] _offsets = new int[job.Choices];

    /// <inheritdoc/>
    public bool HasDelivered => events.HasDelivered;

    /// <inheritdoc/>
    public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        if (content.IsRoleAlone)
        {
            // A text has no role.
            return ValueTask.CompletedTask;
        }

        byte[] piece = TextCompletionJson.Piece(job, content, _offsets[content.Choice]);
        _offsets[content.Choice] += content.Text.Length;
        return events.DeliverAsync(piece, content);
    }

    /// <inheritdoc/>
    public void Reset() => events.Reset();
}
