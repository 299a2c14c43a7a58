using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Tests.Sealing.Hpke;

/// <summary>A vector of RFC 9180, appendix A; hex.</summary>
public sealed record HpkeVector
{
    public required string Section { get; init; }

    public required int Kem { get; init; }

    public required int Aead { get; init; }

    public required string EphemeralKey { get; init; }

    public required string RecipientKey { get; init; }

    public required string RecipientPublicKey { get; init; }

    public required string Encapsulation { get; init; }

    public required string SharedSecret { get; init; }

    /// <summary>Of the message with aad "Count-0".</summary>
    public required string FirstCiphertext { get; init; }

    /// <summary>Of the message with aad "Count-1"; null where it isn't compared.</summary>
    public string? SecondCiphertext { get; init; }

    /// <summary>For the exporter context "TestContext"; null where it isn't compared.</summary>
    public string? Exported { get; init; }

    internal HpkeSuite Suite => new(Kem == 0x0010 ? CocoonOrleans.Sealing.Hpke.Kem.P256 : CocoonOrleans.Sealing.Hpke.Kem.X25519, (HpkeAead)Aead);

    public override string ToString() => Section;
}
