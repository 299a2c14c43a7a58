using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Embeddings;

/// <summary>The body of OpenAI's <c>POST /v1/embeddings</c> as we understand it. Gateway and worker both read it with this.</summary>
public sealed record EmbeddingsRequest
{
    /// <summary>Most inputs of one request, as in OpenAI's API.</summary>
    public const int MaximumInputs = 2048;

    /// <summary>Most tokens over all inputs of one request, as in OpenAI's API.</summary>
    public const int MaximumTokens = 300_000;

    private const string InputField = "input";

    /// <summary>Name of the model, 1 to 256 characters.</summary>
    public required string Model { get; init; }

    /// <summary>The inputs, 1 to <see cref="MaximumInputs"/>, none of them empty.</summary>
    public required IReadOnlyList<EmbeddingInput> Inputs { get; init; }

    /// <summary>Whether the inputs are a list, so that errors name its items.</summary>
    public required bool IsList { get; init; }

    /// <summary>Whether vectors come as base64 of float32, little-endian; otherwise as lists of numbers.</summary>
    public bool AsBase64 { get; init; }

    /// <summary>Numbers of each vector, from 1 up; null for all that the model has.</summary>
    public int? Dimensions { get; init; }

    /// <summary>The client's own user, at most 512 characters; never stored as it is.</summary>
    public string? EndUser { get; init; }

    /// <summary>How long after it came the answer is of no use any more, as for chats; null for the gateway's own limit, which it can't exceed.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What the request asks of who serves it.</summary>
    public ProviderPreferences Provider { get; init; } = ProviderPreferences.None;

    /// <summary>Paths of fields that were given and are ignored; at most 64.</summary>
    public IReadOnlyList<string> IgnoredParameters { get; init; } = [];

    /// <summary>Reads and checks a request. Takes any bytes; never throws.</summary>
    /// <param name="utf8Json">The body, whose size the caller bounds.</param>
    /// <param name="request">The request, if it can be served.</param>
    /// <param name="error">What is wrong with it otherwise.</param>
    /// <returns>Whether it is a request that can be served.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out EmbeddingsRequest? request, [NotNullWhen(false)] out ChatRequestError? error)
    {
        var reading = new RequestReading();
        request = RequestBody.Read(utf8Json, reading, Read, static read => read.Provider);
        request = request is null ? null : request with { IgnoredParameters = [.. reading.Ignored] };
        error = reading.Error;
        return error is null && request is not null;
    }

    /// <summary>The token ids of all inputs, with what the model puts around a text.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="contextTokens">Most tokens of one input.</param>
    /// <param name="ids">The ids of each input, if all fit.</param>
    /// <param name="error">Which one doesn't.</param>
    /// <returns>Whether all fit.</returns>
    public bool TryEncode(Tokenizer tokenizer, int contextTokens, [NotNullWhen(true)] out int[][]? ids, [NotNullWhen(false)] out ChatRequestError? error)
    {
        var all = new int[Inputs.Count][];
        (ids, error) = (null, null);
        var tokens = 0L;
        for (var i = 0; i < all.Length && error is null; i++)
        {
            error = Encode(tokenizer, contextTokens, i, out all[i]);
            tokens += all[i].Length;
            if (tokens > MaximumTokens)
            {
                error ??= new ChatRequestError(
                    string.Create(CultureInfo.InvariantCulture, $"The inputs have more than {MaximumTokens} tokens together. Send them in several requests."), InputField, ChatRequestError.InvalidValue);
            }
        }

        ids = error is null ? all : null;
        return ids is not null;
    }

    private ChatRequestError? Encode(Tokenizer tokenizer, int contextTokens, int index, out int[] ids)
    {
        var path = IsList ? string.Create(CultureInfo.InvariantCulture, $"{InputField}[{index}]") : InputField;
        try
        {
            ids = Inputs[index].Ids ?? tokenizer.Encode(Inputs[index].Text!, addSpecialTokens: true);
        }
        catch (TokenizerFormatException)
        {
            // The model's splitting pattern takes forever on some texts, and is stopped.
            ids = [];
            return new ChatRequestError("The text can't be split into tokens in a reasonable time. Break up long runs.", path, ChatRequestError.InvalidValue);
        }

        if (ids.Length == 0)
        {
            return new ChatRequestError($"'{path}' has no token.", path, ChatRequestError.InvalidValue);
        }

        if (ids.Length > contextTokens)
        {
            return new ChatRequestError(
                string.Create(CultureInfo.InvariantCulture, $"'{path}' has {ids.Length} tokens; this model takes {contextTokens}. Shorten it, or cut it in pieces."), path, ChatRequestError.ContextLengthExceeded);
        }

        return ids.AsSpan().ContainsAnyExceptInRange(0, tokenizer.VocabularySize - 1)
            ? new ChatRequestError(string.Create(CultureInfo.InvariantCulture, $"'{path}' must hold token ids of this model, from 0 to {tokenizer.VocabularySize - 1}."), path, ChatRequestError.InvalidValue)
            : null;
    }

    private static EmbeddingsRequest Read(RequestObject body)
    {
        var input = body.Take(InputField);
        var (inputs, isList) = ReadInputs(input);
        var provider = RequestBody.ReadProvider(body.Take("provider"));
        return new EmbeddingsRequest
        {
            Model = RequestBody.ReadModel(body.Take("model")),
            Inputs = inputs,
            IsList = isList,
            AsBase64 = ReadEncoding(body.Take("encoding_format")),
            Dimensions = (int?)body.Take("dimensions").Integer(1, int.MaxValue),
            EndUser = RequestBody.ReadEndUser(body.Take("safety_identifier"), body.Take("user"), body.Take("metadata")),
            TimeLimit = RequestBody.ReadTimeLimit(provider, body.Take("timeout")),
            Provider = provider,
        };
    }

    private static (IReadOnlyList<EmbeddingInput> Inputs, bool IsList) ReadInputs(RequestField field)
    {
        switch (field.Kind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                field.Missing();
                return ([], false);
            case JsonValueKind.String:
                return ([ReadText(field)], false);
            case JsonValueKind.Array when field.FirstKind == JsonValueKind.Number:
                return ([ReadIds(field)], false);
            case JsonValueKind.Array:
                return ([.. field.Items(1, MaximumInputs).Select(item => item.Kind == JsonValueKind.Array ? ReadIds(item) : ReadText(item))], true);
            default:
                field.Invalid("must be a string, an array of strings, an array of token ids, or an array of such arrays");
                return ([], false);
        }
    }

    private static EmbeddingInput ReadText(RequestField field)
    {
        if (field.Kind != JsonValueKind.String)
        {
            field.Invalid("must be a string or an array of token ids");
        }

        return new EmbeddingInput(field.String(int.MaxValue) ?? "", null);
    }

    private static EmbeddingInput ReadIds(RequestField field) => new(null, field.Ids(1, MaximumTokens) ?? []);

    private static bool ReadEncoding(RequestField field)
    {
        if (!field.IsAbsent && field.StringOrNull() is not ("float" or "base64"))
        {
            field.Invalid("must be float or base64");
        }

        return field.StringOrNull() == "base64";
    }
}
