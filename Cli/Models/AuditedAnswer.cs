using System.Text;
using System.Text.Json;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Cli.Models;

/// <summary>What a <c>chat.completion</c> document says about the tokens of its answer.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Logprobs">Their log-probabilities; null where the document has none.</param>
/// <param name="PromptTokens">What its usage says; null where it says nothing.</param>
internal sealed record AuditedAnswer(int[] Ids, IReadOnlyList<double>? Logprobs, int? PromptTokens)
{
    /// <summary>Reads a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="index">Which of its answers.</param>
    /// <exception cref="CommandFailedException">It is none, or holds tokens that the tokenizer doesn't know.</exception>
    public static AuditedAnswer Read(ReadOnlyMemory<byte> json, Tokenizer tokenizer, int index)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var choice = document.RootElement.GetProperty("choices")[index];
            int? promptTokens = document.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object ? usage.GetProperty("prompt_tokens").GetInt32() : null;
            if (choice.TryGetProperty("logprobs", out var logprobs) && logprobs.ValueKind == JsonValueKind.Object)
            {
                var ids = IdsByBytes(tokenizer);
                var content = logprobs.GetProperty("content").EnumerateArray().ToList();
                return new AuditedAnswer(
                    [.. content.Select(token => ids.TryGetValue(Key([.. token.GetProperty("bytes").EnumerateArray().Select(part => part.GetByte())]), out var id)
                        ? id
                        : throw new CommandFailedException("The answer holds a token that this model's tokenizer doesn't know.", "Name the folder of the model that answered."))],
                    [.. content.Select(token => token.GetProperty("logprob").GetDouble())],
                    promptTokens);
            }

            var message = choice.GetProperty("message");
            if (message.TryGetProperty("tool_calls", out _) || message.TryGetProperty("reasoning_content", out _))
            {
                throw new CommandFailedException("The answer holds more than its text, and no log-probabilities that tell its tokens.", "Ask with logprobs: true.");
            }

            return new AuditedAnswer(tokenizer.Encode(message.GetProperty("content").GetString() ?? "", addSpecialTokens: false), null, promptTokens);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new CommandFailedException($"The answer is no chat.completion document: {exception.Message}", "Save the whole body of a JSON answer.", innerException: exception);
        }
    }

    private static Dictionary<string, int> IdsByBytes(Tokenizer tokenizer)
    {
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < tokenizer.VocabularySize; id++)
        {
            var bytes = tokenizer.IsSpecial(id) ? Encoding.UTF8.GetBytes(tokenizer.TokenOf(id) ?? "") : tokenizer.BytesOf(id).ToArray();
            ids.TryAdd(Key(bytes), id);
        }

        return ids;
    }

    private static string Key(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
