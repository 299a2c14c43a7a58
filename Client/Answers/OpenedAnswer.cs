using System.IO.Pipelines;
using System.Security.Cryptography;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Client.Answers;

/// <summary>The records of one answer as they come in, held to the protocol. One caller at a time.</summary>
internal sealed class OpenedAnswer : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly SealedRequest _request;
    private readonly ReceiptPrices? _prices;
    private readonly long _holdNano;
    private readonly ReceiptKeeping? _keeping;
    private readonly PaidRequest? _paid;
    private readonly PipeReader _input;
    private readonly AnswerOpener _opener;
    private readonly AnswerReader _records;

    private OpenedAnswer(HttpResponseMessage response, SealedRequest request, ReceiptPrices? prices, long holdNano, ReceiptKeeping? keeping, PaidRequest? paid, Stream body)
    {
        _response = response;
        _request = request;
        _prices = prices;
        _holdNano = holdNano;
        _keeping = keeping;
        _paid = paid;
        _input = PipeReader.Create(body);
        _opener = request.OpenAnswer();
        _records = new AnswerReader(_opener, _input);
    }

    /// <summary>What was used; null before the end, and where the worker failed.</summary>
    public VerifiedUsage? Usage { get; private set; }

    /// <summary>Whose answer it is: the statement that it came under; null before the first record.</summary>
    public BoundStatement? Worker => _opener.Worker;

    /// <summary>What computes it, as the worker says; null before the first record.</summary>
    public string? Engine => _opener.Meta?.Engine;

    /// <summary>How the worker failed; null where it didn't.</summary>
    public AnswerError? Error { get; private set; }

    /// <summary>What is charged for an answer that failed, after the same checks as of a whole one; null where it didn't fail, and where nothing is.</summary>
    public VerifiedUsage? FailedUsage { get; private set; }

    /// <summary>Begins to read an answer.</summary>
    /// <param name="response">The gateway's answer of status 200; disposed of with this.</param>
    /// <param name="request">The request; disposed of with this.</param>
    /// <param name="holdNano">The most that may be charged.</param>
    /// <param name="keeping">Keeps the receipt; null where none is kept.</param>
    /// <param name="paid">What a channel pays for it, settled by the receipt; disposed of with this. Null where no channel pays.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OpenedAnswer> OpenAsync(
        HttpResponseMessage response, SealedRequest request, long holdNano, ReceiptKeeping? keeping, PaidRequest? paid, CancellationToken cancellationToken)
    {
        var prices = response.Headers.TryGetValues(SealedHttp.PricesHeader, out var values) && SealedHttp.TryRead(values.FirstOrDefault(), out var read) ? read : null;
        return new OpenedAnswer(response, request, prices, holdNano, keeping, paid, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Waits for the next piece of the body.</summary>
    /// <returns>Valid until the next call; null at the end: then <see cref="Usage"/> or <see cref="Error"/> is there.</returns>
    /// <exception cref="SealingRefusedException">The answer can't be believed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _records.ReadAsync(cancellationToken) is { } record)
            {
                if (record.Type == SealedRecordType.Data && record.Data.Length > 0)
                {
                    return record.Data;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException and not SealingRefusedException)
        {
            // The connection broke: no short text, whatever came.
            throw Truncated(e);
        }

        End();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        _paid?.Dispose();
        _opener.Dispose();
        _request.Dispose();
        _response.Dispose();
    }

    private void End()
    {
        if (_opener.Fault == SealingFault.Truncated)
        {
            throw Truncated(null);
        }

        if (_opener.Fault != SealingFault.None)
        {
            throw new SealingRefusedException(SealingRefusalCodes.AnswerRejected, $"The answer does not open: {_opener.Fault}.");
        }

        // What is broken off may be charged too, and so is held to the same: a wrong receipt must not hide behind an error.
        Error = _opener.Error;
        if (Error is { Receipt: null })
        {
            return;
        }

        var fault = _opener.CheckReceipt(out var receipt);
        if (fault != ReceiptFault.None)
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptInvalid, $"The {What()}'s usage receipt is not valid: {fault}.");
        }

        if (receipt!.Usage.CompletionTokens > _opener.AnswerBytes)
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptUsage, $"The {What()}'s receipt counts more generated tokens than the answer has bytes.");
        }

        var signed = (Error?.Receipt ?? _opener.Final?.Receipt)!;
        var usage = VerifiedUsage.Of(_opener.Worker!, _opener.Meta?.Engine ?? "", receipt, _prices, _holdNano);
        (Usage, FailedUsage) = Error is null ? (usage, null) : ((VerifiedUsage?)null, usage);
        _paid?.Settle(new Nano(usage.CostNano), new Bits256(SHA256.HashData(signed.Receipt.Span)));
        _keeping?.Keep(_request, _opener, signed, _prices!);
    }

    private string What() => Error is null ? "answer" : "broken-off answer";

    private static SealingRefusedException Truncated(Exception? inner) =>
        new(SealingRefusalCodes.AnswerTruncated, "The answer ended before its last record: what came of it is not to be relied on.", inner);
}
