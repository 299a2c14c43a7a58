namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>Whatever makes quotes about this machine: the kernel of a TD, or the service that plays one. Safe on many threads at a time.</summary>
public interface IQuoteSource
{
    /// <summary>How many bytes of report data a quote carries.</summary>
    const int ReportDataBytes = 64;

    /// <summary>Makes a quote.</summary>
    /// <param name="reportData">What it is made for, exactly <see cref="ReportDataBytes"/> bytes: of a statement its <c>ReportData</c>.</param>
    /// <param name="cancellationToken">Ends the wait. A kernel that has begun goes on until it is done.</param>
    /// <returns>The quote, or why there is none and what to do.</returns>
    /// <exception cref="ArgumentException">The report data has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<QuoteResult> QuoteAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellationToken = default);
}
