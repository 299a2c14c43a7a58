using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>Verifies the statements of workers: form, network, role and time, that it is this tunnel's worker who states, and what vouches for it.</summary>
public sealed class StatementCheck(IOptions<GatewayOptions> options, EvidenceCheck evidence, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Verifies a statement.</summary>
    /// <param name="vouched">What the worker sent.</param>
    /// <param name="workerId">The worker at the other end of the tunnel: hex SHA-256 of its key.</param>
    /// <param name="registration">What it said of itself.</param>
    /// <param name="before">Its statement until now; null where this is the first.</param>
    /// <param name="cancellationToken">Ends the wait for collateral.</param>
    public async ValueTask<StatementFinding> CheckAsync(
        VouchedStatement vouched, string workerId, WorkerRegistration registration, BoundStatement? before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(vouched);
        ArgumentNullException.ThrowIfNull(registration);
        if (!BoundStatement.TryRead(vouched.Statement, out BoundStatement? bound))
        {
            return StatementFinding.Refused("statement: it does not have the form of this version of the protocol; update the older side.");
        }

        if (FindFault(bound, workerId, registration, before) is { } fault)
        {
            return StatementFinding.Refused(fault);
        }

        if (bound.Statement.Tier == TrustTier.Open)
        {
            return ReceiptKey.Verify(bound, vouched.Voucher)
                ? StatementFinding.Taken(CheckedStatement.SelfSigned(bound))
                : StatementFinding.Refused("statement: its receipt key did not sign it.");
        }

        EvidenceFinding shown = await evidence.JudgeAsync(bound, ShownEvidence.Of(vouched), vouched.Collateral, cancellationToken);
        metrics.Evidence(shown.Refusal?.Code, shown.Machine?.Assurance);
        return shown.Refusal is { } refusal
            ? StatementFinding.Refused(refusal)
            : StatementFinding.Taken(new CheckedStatement(bound, Lower(shown.Tier, bound.Statement.Tier), shown.ValidUntil) { Machine = shown.Machine });
    }

    private static TrustTier Lower(TrustTier one, TrustTier other) => one < other ? one : other;

    private string? FindFault(BoundStatement bound, string workerId, WorkerRegistration registration, BoundStatement? before)
    {
        Statement statement = bound.Statement;
        DateTimeOffset now = time.GetUtcNow();
        return statement.NetworkId != options.Value.NetworkId ? $"statement: it is of network {statement.NetworkId}, and this is {options.Value.NetworkId}; set Worker:NetworkId."
            : statement.Role != StatementRole.Worker ? "statement: it does not speak as a worker."
            : bound.CheckTime(now) is not SealingFault.None ? $"statement: it holds from {statement.NotBefore:u} to {statement.Expires:u}, and here it is {now:u}; set the clocks."
            : statement.TunnelKeySha256.ToString() != workerId ? "statement: it names another key than this tunnel's."
            : Convert.ToHexStringLower(statement.BootId.Span) != registration.BootId ? "statement: bootId differs from the registration's."
            : before is not null && statement.Epoch < before.Statement.Epoch ? "statement: its epoch is before the one that is known."
            : registration.Models.Any(model => !statement.Models.Contains(new Digest(Convert.FromHexString(model.ManifestSha256)))) ? "statement: it does not name every model of the registration."
            : null;
    }
}
