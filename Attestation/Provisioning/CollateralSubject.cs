namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>What collateral is about: all processors of a family whose certificates one authority issued.</summary>
public sealed record CollateralSubject
{
    private const int FmspcDigits = 12;

    /// <param name="fmspc">The family, 6 bytes in hex.</param>
    /// <param name="authority">The issuer of the processors' certificates.</param>
    /// <exception cref="ArgumentException">The family has another form.</exception>
    public CollateralSubject(string fmspc, PckAuthority authority)
    {
        ArgumentNullException.ThrowIfNull(fmspc);
        if (fmspc.Length != FmspcDigits || !fmspc.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException($"A processor family is {FmspcDigits} digits in hex.", nameof(fmspc));
        }

        (Fmspc, Authority) = (fmspc.ToLowerInvariant(), authority);
    }

    /// <summary>The family, in lower case.</summary>
    public string Fmspc { get; }

    /// <summary>The issuer of the processors' certificates.</summary>
    public PckAuthority Authority { get; }
}
