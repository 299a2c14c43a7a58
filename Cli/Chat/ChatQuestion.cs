using System.Text.Json.Serialization;

namespace CocoonOrleans.Cli.Chat;

/// <summary>What we ask the gateway, in the words of OpenAI's API.</summary>
/// <param name="Model">The model.</param>
/// <param name="Messages">The conversation.</param>
public sealed record ChatQuestion(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("messages")] IReadOnlyList<ChatTurn> Messages)
{
    /// <summary>Chooses the tokens that are drawn; null leaves it to the worker.</summary>
    [JsonPropertyName("seed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    /// <summary>0 always takes the likeliest token; null leaves it to the model.</summary>
    [JsonPropertyName("temperature"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <summary>Most tokens of the answer; null leaves it to the model.</summary>
    [JsonPropertyName("max_completion_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Always: the answer comes in pieces.</summary>
    [JsonPropertyName("stream")]
    public bool Stream => true;

    /// <summary>Asks for the counts at the end.</summary>
    [JsonPropertyName("stream_options")]
    public ChatStreamOptions StreamOptions => new(IncludeUsage: true);

    /// <summary>One question without a history.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The question.</param>
    public static ChatQuestion Ask(string model, string text) => new(model, [new ChatTurn("user", text)]);
}

/// <summary>One message.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text.</param>
public sealed record ChatTurn([property: JsonPropertyName("role")] string Role, [property: JsonPropertyName("content")] string Content);

/// <summary>What comes with a stream.</summary>
/// <param name="IncludeUsage">Whether the last chunk says what was used.</param>
public sealed record ChatStreamOptions([property: JsonPropertyName("include_usage")] bool IncludeUsage);
