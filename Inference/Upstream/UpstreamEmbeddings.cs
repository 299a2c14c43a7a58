using System.Buffers;
using System.Text.Json;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// Asks a server for vectors, as OpenAI's <c>/v1/embeddings</c> has it, which all of them speak. Inputs go as token ids, some at a time; what comes back is hostile
/// input: as many vectors as inputs, each of the model's width, all numbers finite. What the server says of usage is not read.
/// </summary>
internal static class UpstreamEmbeddings
{
    /// <summary>Inputs of one request to the server: an answer is held in memory as a whole.</summary>
    public const int InputsAtOnce = 32;

    private const string Path = "/v1/embeddings";
    private const string TrialText = "The quick brown fox jumps over the lazy dog.";
    private const int LargestWidth = 65_536;
    private const int BytesPerNumber = 32;
    private const int BytesBeside = 64 << 10;

    // Two ways to the same ids differ by rounding alone. Other ids give another text's vector.
    private const double LeastLikeness = 0.99;

    /// <summary>Lets a model try: whether ids mean the same text there and here, how wide its vectors are, and which name its answers carry.</summary>
    /// <exception cref="UpstreamFaultException">The server did something wrong.</exception>
    /// <exception cref="UpstreamException">Its tokens are not those of the folder's tokenizer.</exception>
    public static async Task<(int Size, string? AnswersAs)> TryAsync(
        UpstreamHttp http, UpstreamModelOptions upstream, Tokenizer tokenizer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var body = Body(upstream.Model, json => json.WriteStringValue(TrialText));
        using var document = await http.PostAsync(Path, body, LargestAnswer(1, LargestWidth), quote: true, limit, cancellationToken);
        var first = (UpstreamJson.Find(document.RootElement, "data") is { ValueKind: JsonValueKind.Array } data && data.GetArrayLength() == 1
            && UpstreamJson.Find(data[0], "embedding") is { ValueKind: JsonValueKind.Array } embedding ? embedding.GetArrayLength() : 0) is > 0 and <= LargestWidth and var size
                ? Read(document.RootElement, 1, size)[0]
                : throw UpstreamJson.Broken($"its answer to a text holds no vector of 1 to {LargestWidth} numbers");
        var answersAs = UpstreamJson.FindText(document.RootElement, "model");
        var ids = tokenizer.Encode(TrialText, addSpecialTokens: true);
        var second = (await AskAsync(http, upstream.Model, answersAs, [ids], size, limit, quote: true, cancellationToken))[0];
        return Likeness(first, second) >= LeastLikeness
            ? (size, answersAs)
            : throw new UpstreamException(
                $"The upstream's token ids are not those of {upstream.Model}'s tokenizer.json: a text and its ids give different vectors there. Name the tokenizer's folder of exactly the model that the server runs.");
    }

    /// <summary>The vectors of some inputs.</summary>
    /// <param name="http">The way to the server.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="answersAs">The name that answers have to carry; null for any.</param>
    /// <param name="inputs">At most <see cref="InputsAtOnce"/>.</param>
    /// <param name="size">Numbers of a vector.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="quote">Whether a fault may quote the server: only where nothing of a client was sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UpstreamFaultException">The server did something wrong.</exception>
    public static async Task<double[][]> AskAsync(
        UpstreamHttp http, string model, string? answersAs, IReadOnlyList<ReadOnlyMemory<int>> inputs, int size, TimeSpan limit, bool quote, CancellationToken cancellationToken)
    {
        var body = Body(model, json =>
        {
            json.WriteStartArray();
            foreach (var input in inputs)
            {
                json.WriteStartArray();
                foreach (var id in input.Span)
                {
                    json.WriteNumberValue(id);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        });
        using var document = await http.PostAsync(Path, body, LargestAnswer(inputs.Count, size), quote, limit, cancellationToken);
        return answersAs is null || UpstreamJson.FindText(document.RootElement, "model") == answersAs
            ? Read(document.RootElement, inputs.Count, size)
            : throw UpstreamJson.Broken("another model made it");
    }

    private static int LargestAnswer(int vectors, int size) => BytesBeside + vectors * size * BytesPerNumber;

    private static ReadOnlyMemory<byte> Body(string model, Action<Utf8JsonWriter> writeInput)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WritePropertyName("input");
            writeInput(json);
            json.WriteString("encoding_format", "float");
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static double[][] Read(JsonElement answer, int count, int size)
    {
        if (UpstreamJson.Find(answer, "data") is not { ValueKind: JsonValueKind.Array } data || data.GetArrayLength() != count)
        {
            throw UpstreamJson.Broken($"there are not {count} vectors");
        }

        var vectors = new double[count][];
        foreach (var item in data.EnumerateArray())
        {
            if (UpstreamJson.FindInteger(item, "index") is not { } index || index < 0 || index >= count || vectors[index] is not null)
            {
                throw UpstreamJson.Broken("its vectors are not numbered from 0 up");
            }

            vectors[index] = ReadVector(item, size);
        }

        return vectors;
    }

    private static double[] ReadVector(JsonElement item, int size)
    {
        if (UpstreamJson.Find(item, "embedding") is not { ValueKind: JsonValueKind.Array } embedding || embedding.GetArrayLength() != size)
        {
            throw UpstreamJson.Broken($"a vector has not {size} numbers");
        }

        return [.. embedding.EnumerateArray().Select(number => number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw UpstreamJson.Broken("a vector holds what is no finite number"))];
    }

    private static double Likeness(double[] one, double[] other)
    {
        double Product(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
        return Product(one, other) / Math.Sqrt(Product(one, one) * Product(other, other));
    }
}
