using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>The collateral that goes beside the worker's quotes, for those who can't fetch it. It is read anew each time.</summary>
public sealed class StatedCollateral(IOptions<WorkerOptions> options)
{
    /// <returns>Null where none is handed over.</returns>
    /// <exception cref="IOException">The file can't be read, is empty or too large.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be read.</exception>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Quotes?.CollateralFile is not { } path)
        {
            return null;
        }

        return new FileInfo(path).Length is > 0 and <= VouchedStatement.MaxCollateralBytes
            ? await File.ReadAllBytesAsync(path, cancellationToken)
            : throw new IOException($"Worker:Quotes:CollateralFile, {path}, must have 1 to {VouchedStatement.MaxCollateralBytes} bytes.");
    }
}
