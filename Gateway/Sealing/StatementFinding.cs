using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>What was found of a worker's statement.</summary>
public sealed record StatementFinding
{
    private StatementFinding()
    {
    }

    /// <summary>The statement; null where it is refused.</summary>
    public CheckedStatement? Statement { get; private init; }

    /// <summary>What the worker is told; null where the statement is taken.</summary>
    public TunnelRefusal? Refusal { get; private init; }

    /// <summary>Whether the same may be taken later: what is missing is not the worker's to bring.</summary>
    public bool MayPass { get; private init; }

    /// <summary>Whether the statement is taken.</summary>
    [MemberNotNullWhen(true, nameof(Statement))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsTaken => Refusal is null;

    internal static StatementFinding Taken(CheckedStatement statement) => new() { Statement = statement };

    internal static StatementFinding Refused(string fault) => new() { Refusal = new TunnelRefusal(TunnelRefusalCodes.RegistrationRefused, fault) };

    internal static StatementFinding Refused(TunnelRefusal refusal) => new() { Refusal = refusal };

    /// <summary>The cluster does not answer: what is known goes on, and it is tried again.</summary>
    internal static StatementFinding Waits(string reason) => Waits(new TunnelRefusal(TunnelRefusalCodes.EvidenceRefused, reason));

    /// <summary>What is missing is not the worker's to bring: what is known goes on, and it is tried again.</summary>
    internal static StatementFinding Waits(TunnelRefusal refusal) => new() { Refusal = refusal, MayPass = true };

    internal static StatementFinding Refused(Refusal evidence) => new()
    {
        Refusal = new TunnelRefusal(TunnelRefusalCodes.EvidenceRefused, EvidenceRemedies.Describe(evidence)),
        MayPass = evidence.Code == RefusalCodes.CollateralUnavailable,
    };
}
