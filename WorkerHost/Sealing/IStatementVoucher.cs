using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>What stands behind a worker's statements: its own key where there is no TEE, else what makes quotes.</summary>
public interface IStatementVoucher
{
    /// <summary>The tier that it can vouch for, which the statements claim; with evidence of GPUs beside a quote, the next higher one.</summary>
    TrustTier Tier { get; }

    /// <summary>Vouches for a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <returns>What travels beside the statement, in the form of its tier.</returns>
    /// <exception cref="IOException">It can't be made now; it is tried again.</exception>
    ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken);
}
