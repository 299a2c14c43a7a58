namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>What a quote is asked for.</summary>
internal static class ReportData
{
    public static void Check(ReadOnlyMemory<byte> reportData)
    {
        if (reportData.Length != IQuoteSource.ReportDataBytes)
        {
            throw new ArgumentException($"A quote is made for exactly {IQuoteSource.ReportDataBytes} bytes, not for {reportData.Length}.", nameof(reportData));
        }
    }
}
