using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Statements;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>Whether a statement is the quote's, holds now, and is of the network and role that were asked for.</summary>
internal static class StatementRules
{
    public static Statement Check(ReadOnlyMemory<byte> bytes, TdReport td, EvidencePolicy policy, DateTimeOffset now)
    {
        var statement = Statement.Parse(bytes);
        if (!Statement.ReportData(bytes.Span).AsSpan().SequenceEqual(td.ReportData.Span))
        {
            throw new RefusedException(RefusalCodes.StatementBinding, "REPORTDATA was expected to be the hash of the statement");
        }

        if (policy.NetworkId is { } network && statement.NetworkId != network)
        {
            throw new RefusedException(RefusalCodes.StatementNetwork, $"a statement for network {network} was expected, not for {statement.NetworkId}");
        }

        if (policy.Role is { } role && statement.Role != role)
        {
            throw new RefusedException(RefusalCodes.StatementRole, $"the statement of a {role} was expected, not of a {statement.Role}");
        }

        if (statement.Expires < statement.NotBefore || statement.Expires - statement.NotBefore > Statement.LongestLife)
        {
            throw new RefusedException(
                RefusalCodes.StatementLife, $"a statement was expected to hold for at most {Statement.LongestLife.TotalMinutes} minutes, not from {statement.NotBefore:u} to {statement.Expires:u}");
        }

        if (now < statement.NotBefore || now > statement.Expires)
        {
            throw new RefusedException(RefusalCodes.StatementExpired, $"the statement holds from {statement.NotBefore:u} to {statement.Expires:u}, not at {now:u}");
        }

        return statement;
    }
}
