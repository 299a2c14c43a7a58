using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>A statement with the exact bytes that its quote binds, and what is computed of them (docs/protocol.md, section 2).</summary>
public sealed class BoundStatement
{
    /// <summary>How far the clocks of two machines may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private readonly byte[] _bytes;

    private BoundStatement(Statement statement, byte[] bytes)
    {
        Statement = statement;
        _bytes = bytes;
        Hash = Digest.Of(Label, bytes);
    }

    private static ReadOnlySpan<byte> Label => "cocoon/attest/v1"u8;

    /// <summary>What it says.</summary>
    public Statement Statement { get; }

    /// <summary>Its encoding.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Names the statement: what requests are addressed to, and what caches go by.</summary>
    public Digest Hash { get; }

    /// <summary>Binds a statement that one makes oneself.</summary>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    public static BoundStatement Of(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return new BoundStatement(statement, statement.Encode());
    }

    /// <summary>Reads a statement that somebody else made. It says nothing about whether a quote binds it.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="bound">The statement.</param>
    /// <returns>False where they are not a statement in the one form that it has.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out BoundStatement? bound)
    {
        bound = Statement.TryDecode(bytes, out var statement) ? new BoundStatement(statement, bytes.ToArray()) : null;
        return bound is not null;
    }

    /// <summary>The 64 bytes that stand in the quote.</summary>
    public byte[] ReportData() => SHA512.HashData(Bound());

    /// <summary>The nonce under which the GPU evidence is collected: one for all statements of an epoch that differ in their clients' nonces.</summary>
    public Digest GpuNonce() => Digest.Of("cocoon/gpu/v1"u8, SHA512.HashData(Statement.Encode(withNonceRootAndGpuEvidence: false)));

    /// <summary>Whether it holds at a time, with <see cref="ClockSkew"/>.</summary>
    public SealingFault CheckTime(DateTimeOffset now) =>
        now < Statement.NotBefore - ClockSkew ? SealingFault.StatementNotYetValid
        : now >= Statement.Expires + ClockSkew ? SealingFault.StatementExpired
        : SealingFault.None;

    /// <summary>The label, a zero byte and the statement: what is hashed into the quote, or signed where there is none.</summary>
    internal byte[] Bound() => [.. Label, 0, .. _bytes];
}
