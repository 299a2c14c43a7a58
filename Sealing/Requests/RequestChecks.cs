using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>What a client looks at before it seals.</summary>
internal static class RequestChecks
{
    /// <summary>The suites that we know, the best first.</summary>
    private static readonly SealingSuite[] Preference = [SealingSuite.P256, SealingSuite.X25519];

    /// <exception cref="ArgumentException">A field is out of its range, or the body is too long.</exception>
    public static void Check(RequestTerms terms, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.FindFault() is { } field)
        {
            throw new ArgumentException($"{field} is out of its range.", field);
        }

        if (body.Length > RequestWriter.MaxBodyBytes)
        {
            throw new ArgumentException($"A body may have {RequestWriter.MaxBodyBytes} bytes, not {body.Length}.", nameof(body));
        }
    }

    /// <summary>What speaks against sealing these terms to a worker now.</summary>
    public static SealingFault Check(BoundStatement worker, RequestTerms terms, DateTimeOffset now) =>
        worker.CheckTime(now) is not SealingFault.None and var fault ? fault
        : worker.Statement.Tier < terms.MinimumTier ? SealingFault.TierTooLow
        : SealingFault.None;

    /// <summary>Whether all statements can be sealed to now, and the best suite that they share.</summary>
    public static SealingFault Check(IReadOnlyList<BoundStatement> workers, DateTimeOffset now, out SealingSuite suite)
    {
        suite = Preference.FirstOrDefault(suite => workers.All(worker => worker.Statement.KeyOf(suite) is not null));
        foreach (var worker in workers)
        {
            if (worker.CheckTime(now) is not SealingFault.None and var fault)
            {
                return fault;
            }

            if (worker.Statement.Role != StatementRole.Worker)
            {
                return SealingFault.NoWorker;
            }

            if (worker.Statement.NetworkId != workers[0].Statement.NetworkId)
            {
                return SealingFault.OtherNetwork;
            }
        }

        return suite == default ? SealingFault.SuiteNotOffered : SealingFault.None;
    }
}
