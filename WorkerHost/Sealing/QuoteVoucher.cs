using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>Vouches by a quote that was made for the statement: whoever verifies it knows in what the keys were born.</summary>
/// <param name="source">Makes the quotes; belongs to this.</param>
/// <param name="tier">What the statements may claim, by what the source is.</param>
internal sealed class QuoteVoucher(IQuoteSource source, TrustTier tier) : IStatementVoucher, IDisposable
{
    public TrustTier Tier => tier;

    public async ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken)
    {
        var result = await source.QuoteAsync(statement.ReportData(), cancellationToken);
        return result.IsMade ? result.Quote : throw new IOException($"{result.Failure.Kind}: {result.Failure}");
    }

    public void Dispose() => (source as IDisposable)?.Dispose();

    /// <summary>The voucher of the settings.</summary>
    /// <param name="options">Where quotes come from.</param>
    /// <param name="time">For the limits of time.</param>
    /// <param name="td">Which TD a quote service is asked about; null for the one that it plays for everybody.</param>
    public static QuoteVoucher Of(QuoteOptions options, TimeProvider time, string? td = null) => new(
        string.IsNullOrWhiteSpace(options.Socket)
            ? new TsmQuoteSource(new TsmQuoteSourceOptions { Folder = options.Folder! }, time)
            : new QuoteServiceSource(new QuoteServiceOptions { Socket = options.Socket, Td = td }, time),
        options.Tier);
}
