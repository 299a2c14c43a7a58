using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>A worker's statement that this gateway verified, with what it found to stand behind it.</summary>
/// <param name="Bound">The statement.</param>
/// <param name="Tier">The tier at which the worker is taken: what its evidence shows, and no more than the statement claims.</param>
/// <param name="ValidUntil">Until when requests may be sealed to it: the statement's own end, or an earlier one of the evidence.</param>
public sealed record CheckedStatement(BoundStatement Bound, TrustTier Tier, DateTimeOffset ValidUntil)
{
    /// <summary>What the evidence says of the machine; null where there is none, in tier open.</summary>
    public VerifiedMachine? Machine { get; init; }

    /// <summary>When a relaunch of the TD was first seen to be advised; null where it is not.</summary>
    public DateTimeOffset? RelaunchAdvisedSince { get; init; }

    /// <summary>Until when the TD must be started again; null where that is not advised.</summary>
    public DateTimeOffset? RelaunchBy { get; init; }

    /// <summary>A statement that nothing but its own key vouches for.</summary>
    public static CheckedStatement SelfSigned(BoundStatement bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        return new CheckedStatement(bound, TrustTier.Open, bound.Statement.Expires + BoundStatement.ClockSkew);
    }
}
