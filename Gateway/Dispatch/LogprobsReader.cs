using System.Text.Json;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Holds the log-probabilities of a chunk to OpenAI's shape.</summary>
internal static class LogprobsReader
{
    private const int MaxTokens = 64;
    private const int MaxTop = 20;
    private const int MaxTokenBytes = 1024;

    /// <summary>Reads a <c>logprobs</c>: null, or an object with the tokens of the chunk.</summary>
    /// <param name="reader">Stands on the field's name; throws as it does.</param>
    /// <param name="chunk">What it reads.</param>
    /// <param name="content">The items of <c>content</c> as they came, without the brackets; null where there are none.</param>
    /// <returns>Whether it has the shape.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, ReadOnlySpan<byte> chunk, out byte[]? content)
    {
        content = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        bool hasRefusal = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (content is null && reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                int start = (int)reader.TokenStartIndex + 1;
                if (!IsListOfTokens(ref reader, 1, MaxTokens, isTop: false))
                {
                    return false;
                }

                content = chunk[start..(int)reader.TokenStartIndex].ToArray();
            }
            else if (!hasRefusal && reader.ValueTextEquals("refusal"u8))
            {
                hasRefusal = true;
                if (!reader.Read() || reader.TokenType != JsonTokenType.Null)
                {
                    return false;
                }
            }
            else
            {
                return false;
            }
        }

        return content is not null;
    }

    private static bool IsListOfTokens(ref Utf8JsonReader reader, int fewest, int most, bool isTop)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (++count > most || !IsToken(ref reader, isTop))
            {
                return false;
            }
        }

        return count >= fewest && reader.TokenType == JsonTokenType.EndArray;
    }

    private static bool IsToken(ref Utf8JsonReader reader, bool isTop)
    {
        int seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            (int bit, bool valid) = reader.ValueTextEquals("token"u8) ? (1, reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString()!.Length <= MaxTokenBytes)
                : reader.ValueTextEquals("logprob"u8) ? (2, reader.Read() && reader.TokenType == JsonTokenType.Number && reader.GetDouble() <= 0)
                : reader.ValueTextEquals("bytes"u8) ? (4, IsBytesOrNull(ref reader))
                : !isTop && reader.ValueTextEquals("top_logprobs"u8) ? (8, reader.Read() && IsListOfTokens(ref reader, 0, MaxTop, isTop: true))
                : (0, false);
            if (!valid || (seen & bit) != 0)
            {
                return false;
            }

            seen |= bit;
        }

        return reader.TokenType == JsonTokenType.EndObject && seen == (isTop ? 7 : 15);
    }

    private static bool IsBytesOrNull(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (++count > MaxTokenBytes || !reader.TryGetByte(out _))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }
}
