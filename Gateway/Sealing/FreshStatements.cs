using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>
/// Gets clients statements that are newer than their nonces. The gateway verifies each like any other statement, once for all clients of a batch, since it is what their sealed requests will name.
/// </summary>
public sealed partial class FreshStatements(StatementCheck check, TimeProvider time, ILogger<FreshStatements> logger)
{
    /// <summary>How long a worker may take, the batch before included.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = logger;

    /// <summary>Asks a worker.</summary>
    /// <param name="connection">The worker.</param>
    /// <param name="nonce">The client's nonce.</param>
    /// <param name="cancellationToken">The client left.</param>
    /// <returns>Null where it makes none now.</returns>
    public async Task<FreshFinding?> AskAsync(WorkerConnection connection, Digest nonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        try
        {
            return await connection.Fresh.AskAsync(nonce, FreshRequest.MaxNonces, nonces => AskAsync(connection, nonces)).WaitAsync(Limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<FreshFinding?>> AskAsync(WorkerConnection connection, IReadOnlyList<Digest> nonces)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            (FreshStatement? made, JobRefusal? refusal) = await connection.Tunnel.GetFreshStatementAsync(new FreshRequest([.. nonces.Select(static nonce => nonce.ToArray())]), limit.Token);
            if (made is null)
            {
                LogRefused(connection.WorkerId, refusal!.Code);
                return new FreshFinding?[nonces.Count];
            }

            return await CheckAsync(connection, made, nonces, limit.Token);
        }
#pragma warning disable CA1031 // Whatever it is, these clients get none, and those after them are asked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(connection.WorkerId, e.Message);
            return new FreshFinding?[nonces.Count];
        }
    }

    private async Task<IReadOnlyList<FreshFinding?>> CheckAsync(WorkerConnection connection, FreshStatement made, IReadOnlyList<Digest> nonces, CancellationToken cancellationToken)
    {
        var vouched = (connection.Seal.Newest?.Shown ?? new ShownEvidence(default)).Beside(made.Statement, made.Voucher);
        StatementFinding finding = await check.CheckAsync(vouched, connection.WorkerId, connection.Registration, connection.Seal.Statement?.Bound, cancellationToken);
        if (!finding.IsTaken)
        {
            LogNotTaken(connection.WorkerId, finding.Refusal.Message);
            return new FreshFinding?[nonces.Count];
        }

        CheckedStatement statement = finding.Statement;
        if (statement.Bound.Statement.NonceRoot is not { } root || !connection.Seal.TryAddFresh(statement))
        {
            LogNotTaken(connection.WorkerId, "statement: it has no root of nonces, or has expired.");
            return new FreshFinding?[nonces.Count];
        }

        return
        [
            .. nonces.Zip(made.Proofs, (nonce, encoded) => NonceProof.TryDecode(encoded, out NonceProof? proof) && proof.Proves(nonce, root)
                ? new FreshFinding(statement, made.Voucher, encoded)
                : null),
        ];
    }

    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} makes no fresh statement now: {Code}.")]
    private partial void LogRefused(string workerId, string code);

    [LoggerMessage(LogLevel.Warning, "A fresh statement of worker {WorkerId} is not taken: {Reason}")]
    private partial void LogNotTaken(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} could not be asked for a fresh statement: {Reason}")]
    private partial void LogFailed(string workerId, string reason);
}
