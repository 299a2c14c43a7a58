using CocoonOrleans.Cli.Chat;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>An answer that is under way, with what has come of it so far.</summary>
internal sealed class OpenStream
{
    private int _pieces;

    public OpenStream(TestNetwork network, string text, string key, int maxTokens = 120, CancellationToken leaving = default)
    {
        Answer = AskAsync(network, text, key, maxTokens, leaving);
    }

    /// <summary>The whole answer, or what broke it.</summary>
    public Task<ChatAnswer> Answer { get; }

    /// <summary>How many pieces of text have come.</summary>
    public int Pieces => Volatile.Read(ref _pieces);

    /// <summary>Waits until some text has come.</summary>
    public async Task FlowsAsync(int pieces = 3)
    {
        await Eventually.SeeAsync("text flows", () => (Pieces, Answer.IsCompleted), seen => seen.Pieces >= pieces || seen.IsCompleted, TimeSpan.FromSeconds(30));
        Assert.False(Answer.IsCompleted, $"The stream ended before {pieces} pieces had come: {Answer.Exception?.InnerException?.Message}");
    }

    private async Task<ChatAnswer> AskAsync(TestNetwork network, string text, string key, int maxTokens, CancellationToken leaving)
    {
        using var http = network.OpenHttp(key);
        var question = ChatQuestion.Ask(network.Model, text) with { Seed = 1, MaxCompletionTokens = maxTokens };
        return await new ChatClient(http, key, TimeProvider.System).AskAsync(question, _ => Interlocked.Increment(ref _pieces), leaving);
    }
}
