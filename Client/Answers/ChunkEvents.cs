using System.Text.Json;

namespace CocoonOrleans.Client.Answers;

/// <summary>Takes the body of a worker's chat apart into its events, and remembers what the last chunk must repeat.</summary>
internal sealed class ChunkEvents
{
    private const int MostEventBytes = 1 << 20;

    private byte[] _pending = [];

    /// <summary>The completion's id; null before the first chunk.</summary>
    public string? Id { get; private set; }

    /// <summary>When it was made, in Unix seconds.</summary>
    public long Created { get; private set; }

    /// <summary>The model.</summary>
    public string? Model { get; private set; }

    /// <summary>OpenAI's fingerprint of engine and weights.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>Prompt and completion tokens as a chunk told them; null where none did.</summary>
    public (long Prompt, long Completion)? Told { get; private set; }

    /// <summary>Takes the next piece of the body, cut anywhere.</summary>
    /// <returns>The chunks that are whole now.</returns>
    /// <exception cref="SealingRefusedException">It is no chat's answer.</exception>
    public IReadOnlyList<JsonElement> Take(ReadOnlySpan<byte> bytes)
    {
        var all = _pending.Length == 0 ? bytes : (byte[])[.. _pending, .. bytes];
        var chunks = new List<JsonElement>();
        while (all.IndexOf("\n\n"u8) is var end and >= 0)
        {
            chunks.Add(Read(all[..end]));
            all = all[(end + 2)..];
        }

        _pending = all.Length <= MostEventBytes ? all.ToArray() : throw Malformed(null);
        return chunks;
    }

    /// <summary>Says that no more comes, and holds what was told to what the receipt says.</summary>
    /// <exception cref="SealingRefusedException">Something is left, no chunk came, or the counts differ.</exception>
    public void End(VerifiedUsage usage)
    {
        if (_pending.Length > 0 || Id is null)
        {
            throw Malformed(null);
        }

        Compare(usage);
    }

    /// <summary>Holds what was told until now to what the receipt says, of an answer that broke off too.</summary>
    /// <exception cref="SealingRefusedException">The counts differ.</exception>
    public void Compare(VerifiedUsage usage)
    {
        if (Told is { } told && told != (usage.Usage.PromptTokens, usage.Usage.CompletionTokens))
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptUsage, "The counts in the answer are not those of the worker's receipt.");
        }
    }

    /// <summary>It is no chat's answer.</summary>
    public static SealingRefusedException Malformed(Exception? inner) =>
        new(SealingRefusalCodes.AnswerMalformed, "The worker's answer is not what OpenAI's API would say.", inner);

    private JsonElement Read(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data: "u8))
        {
            throw Malformed(null);
        }

        try
        {
            var chunk = JsonElement.Parse(line["data: "u8.Length..]);
            var id = chunk.GetProperty("id").GetString();
            if (Id is null)
            {
                (Id, Created, Model) = (id, chunk.GetProperty("created").GetInt64(), chunk.GetProperty("model").GetString());
                Fingerprint = chunk.TryGetProperty("system_fingerprint", out var fingerprint) ? fingerprint.GetString() : null;
            }

            if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                Told = (usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64());
            }

            _ = chunk.GetProperty("choices").GetArrayLength();
            return id == Id ? chunk : throw Malformed(null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Malformed(e);
        }
    }
}
