using System.Diagnostics.CodeAnalysis;

namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>A quote, or why there is none.</summary>
public sealed record QuoteResult
{
    private QuoteResult()
    {
    }

    /// <summary>The quote; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Quote { get; private init; }

    /// <summary>What the kernel added to it (<c>auxblob</c>); null where it adds nothing, as for TDX so far.</summary>
    public ReadOnlyMemory<byte>? Auxiliary { get; private init; }

    /// <summary>Why there is no quote; null where there is one.</summary>
    public TeeFailure? Failure { get; private init; }

    /// <summary>Whether there is a quote.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsMade => Failure is null;

    internal static QuoteResult Failed(TeeFailureKind kind, string message, string remedy) => new() { Failure = new TeeFailure(kind, message, remedy) };

    /// <summary>
    /// Looks whether what came is a quote for the report data: one for other data would be refused by everyone who verifies it, and would say nothing of
    /// where it went wrong. Nothing else of it is judged.
    /// </summary>
    internal static QuoteResult Of(ReadOnlyMemory<byte> quote, ReadOnlyMemory<byte>? auxiliary, ReadOnlySpan<byte> reportData, string origin)
    {
        if (!Quotes.Quote.TryParse(quote.Span, out var parsed, out var refusal))
        {
            return Failed(TeeFailureKind.Malformed, $"{origin} gave {quote.Length} bytes that are no quote ({refusal}).", "Report it: the kernel, the host's quote generation or the quote service is broken.");
        }

        return parsed!.Td is { } td && td.ReportData.Span.SequenceEqual(reportData)
            ? new QuoteResult { Quote = quote, Auxiliary = auxiliary }
            : Failed(TeeFailureKind.Malformed, $"{origin} gave a quote that was made for something else.", "Report it: whoever makes the quotes mixes up who asks.");
    }
}
