using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>A response in the background that is under way.</summary>
/// <param name="Job">Its job.</param>
/// <param name="Builder">What there is of it.</param>
/// <param name="Log">Its events; null where it is not streamed.</param>
/// <param name="Input">The items of its input.</param>
public sealed record RunningResponse(ChatJob Job, ResponseBuilder Builder, ResponseLog? Log, JsonArray Input) : IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();

    /// <summary>Cancelled when its client cancels it.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Completes when it is over and kept.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancels it.</summary>
    public Task CancelAsync() => _cancelled.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _cancelled.Dispose();
}
