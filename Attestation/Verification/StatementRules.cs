using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>Whether a statement is the quote's, holds now, and is of the network and role that were asked for.</summary>
internal static class StatementRules
{
    public static Statement Check(ReadOnlyMemory<byte> bytes, TdReport td, EvidencePolicy policy, DateTimeOffset now)
    {
        var bound = Read(bytes);
        var statement = bound.Statement;
        if (!bound.ReportData().AsSpan().SequenceEqual(td.ReportData.Span))
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

        if (bound.CheckTime(now) != SealingFault.None)
        {
            throw new RefusedException(RefusalCodes.StatementExpired, $"the statement holds from {statement.NotBefore:u} to {statement.Expires:u}, not at {now:u}");
        }

        return statement;
    }

    /// <summary>What a worker serves must be what it measured, where a log says what that is. The log was replayed before.</summary>
    public static void CheckModels(Statement statement, EventLog? log)
    {
        if (statement.Role != StatementRole.Worker
            || log?.Entries.FirstOrDefault(entry => entry is { Register: EventLog.Registers - 1, Type: RuntimeEvent.Cocoon, Name: RuntimeEvent.ModelsName }) is not { } measured)
        {
            return;
        }

        if (!MeasuredModels.TryDecode(measured.Content, out var models))
        {
            throw new RefusedException(RefusalCodes.StatementModels, "the event \"models\" was expected to list the manifest hashes of models");
        }

        foreach (var model in statement.Models)
        {
            if (!models.Contains(model))
            {
                throw new RefusedException(RefusalCodes.StatementModels, $"the statement was expected to name measured models alone; {model} is none of them");
            }
        }
    }

    private static BoundStatement Read(ReadOnlyMemory<byte> bytes)
    {
        if (BoundStatement.TryRead(bytes, out var bound))
        {
            return bound;
        }

        if (!Statement.TryDecode(bytes, out var statement, out var field))
        {
            throw new RefusedException(RefusalCodes.StatementFormat, "the statement was expected to be the map of docs/protocol.md, in deterministic CBOR");
        }

        throw field == nameof(Statement.Expires)
            ? new RefusedException(
                RefusalCodes.StatementLife, $"a statement was expected to hold for at most {Statement.LongestLife.TotalMinutes} minutes, not from {statement.NotBefore:u} to {statement.Expires:u}")
            : new RefusedException(RefusalCodes.StatementFormat, $"{field} of the statement was expected to be in its range");
    }
}
