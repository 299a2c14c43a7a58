using System.Buffers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Tests.Sealing;

/// <summary>Requests and answers to test with.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    public static readonly Digest Model = Digest.Of("a model"u8);

    public static readonly RequestMeta Meta = new("POST", "/v1/chat/completions", "application/json", Digest.Of("a salt"u8));

    public static readonly byte[] Body = """{"model":"m","messages":[{"role":"user","content":"a secret"}]}"""u8.ToArray();

    public static readonly ReceiptPrices Prices = new(100, 10, 400, 5);

    public static readonly AnswerUsage Usage = new()
    {
        PromptTokens = 240,
        CachedTokens = 16,
        CompletionTokens = 8,
        ReasoningTokens = 2,
        Prices = Prices.Hash(),
        Started = Start,
        Ended = Start.AddMilliseconds(900),
        ModelManifest = Model,
    };

    public static RequestTerms Terms(DateTimeOffset now, TrafficPadding padding = TrafficPadding.Balanced) => new()
    {
        RequestId = Guid.CreateVersion7(now),
        Model = "smollm2-135m",
        IsStreamed = true,
        Padding = padding,
        HoldLimitNano = 40_000_000,
        Expires = now.AddMinutes(5),
    };

    /// <summary>The whole answer to a request: a first record, these pieces, a last record.</summary>
    public static byte[] Answer(OpenedRequest request, ReceiptKey key, params string[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        using var answer = request.Answer(output);
        answer.Write(new AnswerMeta(200, "text/event-stream", Model, "native 1.0"));
        foreach (var piece in pieces)
        {
            answer.WriteData(System.Text.Encoding.UTF8.GetBytes(piece));
        }

        answer.WriteFinal("stop", Usage, key);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a whole answer as a client does, cut into segments of some length.</summary>
    public static ReadAnswer Read(SealedRequest request, ReadOnlySpan<byte> answer, int segment = int.MaxValue)
    {
        using var opener = request.OpenAnswer();
        var bytes = Segments.Of(answer, segment);
        var text = new ArrayBufferWriter<byte>();
        var types = new List<SealedRecordType>();
        while (opener.TryRead(ref bytes, out var record))
        {
            types.Add(record.Type);
            if (record.Type == SealedRecordType.Data)
            {
                text.Write(record.Data.Span);
            }
        }

        var fault = opener.Complete();
        var receiptFault = opener.CheckReceipt(out var receipt);
        return new ReadAnswer(fault, System.Text.Encoding.UTF8.GetString(text.WrittenSpan), types, opener.Meta, opener.Final, opener.Error, receiptFault, receipt);
    }
}
