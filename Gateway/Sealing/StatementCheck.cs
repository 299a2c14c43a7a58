using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>Verifies the statements of workers: form, network, role and time, that it is this tunnel's worker who states, and what vouches for it.</summary>
public sealed class StatementCheck(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Verifies a statement.</summary>
    /// <param name="vouched">What the worker sent.</param>
    /// <param name="workerId">The worker at the other end of the tunnel: hex SHA-256 of its key.</param>
    /// <param name="registration">What it said of itself.</param>
    /// <param name="before">Its statement until now; null where this is the first.</param>
    /// <param name="statement">The statement, where nothing is wrong.</param>
    /// <returns>A sentence that names what is wrong; null where nothing is.</returns>
    public string? FindFault(VouchedStatement vouched, string workerId, WorkerRegistration registration, BoundStatement? before, out BoundStatement? statement)
    {
        ArgumentNullException.ThrowIfNull(vouched);
        ArgumentNullException.ThrowIfNull(registration);
        var fault = BoundStatement.TryRead(vouched.Statement, out BoundStatement? read)
            ? FindFault(read, workerId, registration, before) ?? FindVoucherFault(read, vouched.Voucher)
            : "statement: it does not have the form of this version of the protocol; update the older side.";
        statement = fault is null ? read : null;
        return fault;
    }

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

    private static string? FindVoucherFault(BoundStatement statement, byte[] voucher) => statement.Statement.Tier switch
    {
        TrustTier.Open => ReceiptKey.Verify(statement, voucher) ? null : "statement: its receipt key did not sign it.",
        var tier => $"statement: evidence of tier {tier} is not taken here.",
    };
}
