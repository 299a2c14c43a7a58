using System.Numerics;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Whether a fetched set may be kept: chains to the anchor, signatures, dates, and no number below its floor. The verification of a quote checks all of
/// this again but the floors: those are why a set is taken from here and not from a stranger.
/// </summary>
internal sealed class CollateralSetRules(TrustAnchor anchor, ICollateralFloorStore floors)
{
    private const int IssuerChainLength = 2;
    private const int MostNumberBits = 160; // RFC 5280, 5.2.3: at most 20 octets.
    private const int NameDigits = 32;

    /// <summary>Begins the names of floors: another root has others.</summary>
    public string Prefix { get; } = anchor.Root.Key.Fingerprint[..NameDigits];

    /// <summary>Checks a set.</summary>
    /// <param name="subject">What it must be about.</param>
    /// <param name="fetched">The set.</param>
    /// <param name="now">The time.</param>
    /// <param name="revoked">Called with the new lists as soon as they are known to be genuine and not older than others, whatever becomes of the rest.</param>
    /// <param name="raises">Whether its numbers become floors. Those of a set that came from whoever is judged by it don't: a genuine set of Intel's early channel would shut out all others.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">It may not be kept.</exception>
    public async Task<KeptCollateral> CheckAsync(
        CollateralSubject subject, FetchedCollateral fetched, DateTimeOffset now, Action<VerifiedCollateral> revoked, bool raises, CancellationToken cancellationToken)
    {
        var kind = $"SGX PCK {subject.Authority} CA";
        var issuer = CertificateChain.Read(fetched.PckIssuerChain.Span, anchor.Root, IssuerChainLength, kind, ChainCodes.Pck, isLeafAuthority: true);
        issuer.CheckTime(now);
        issuer.CheckLeafSignature();
        var set = new VerifiedCollateral(fetched.Collateral, anchor.Root, issuer.Leaf);
        set.CheckTimeOfLists(now);
        await HoldAsync([.. Floors(set.RootCrl, anchor.Root, "the root CA's CRL"), .. Floors(set.PckCrl, issuer.Leaf, "the PCK CRL")], raises, cancellationToken);
        revoked(set);

        set.CheckDocuments(fetched.Collateral, anchor.Root);
        set.CheckTimeOfDocuments(now);
        CheckSubject(set, subject);
        await HoldAsync(
            [
                ("the TCB info's evaluation number", new CollateralFloor($"{Prefix}/tcb/{set.TcbInfo.Tee}/{subject.Fmspc}", set.TcbInfo.EvaluationDataNumber)),
                ("the QE identity's evaluation number", new CollateralFloor($"{Prefix}/qe/{set.QeIdentity.Tee}", set.QeIdentity.EvaluationDataNumber)),
            ],
            raises,
            cancellationToken);
        return new KeptCollateral(fetched.Collateral, set, set.ValidUntil < issuer.NotAfter ? set.ValidUntil : issuer.NotAfter);
    }

    private static void CheckSubject(VerifiedCollateral set, CollateralSubject subject)
    {
        if (set.TcbInfo.Tee != Tee.Tdx)
        {
            throw new RefusedException(RefusalCodes.TcbId, $"a TCB info for TDX was expected, not for {set.TcbInfo.Tee}");
        }

        if (set.QeIdentity.Tee != Tee.Tdx)
        {
            throw new RefusedException(RefusalCodes.QeIdentityId, $"a QE identity for TDX was expected, not for {set.QeIdentity.Tee}");
        }

        var fmspc = Convert.ToHexStringLower(set.TcbInfo.Fmspc);
        if (fmspc != subject.Fmspc)
        {
            throw new RefusedException(RefusalCodes.TcbFmspc, $"a TCB info for FMSPC {subject.Fmspc} was expected, not for {fmspc}");
        }
    }

    /// <summary>
    /// Number and date of a list. The number alone would do by RFC 5280, but Intel's lists of 2023 to 2026 all have the number 1: there only the date
    /// tells the older one.
    /// </summary>
    private IEnumerable<(string What, CollateralFloor Floor)> Floors(CertificateRevocationList list, Certificate issuer, string what)
    {
        if (list.Number is not { } number || number < BigInteger.Zero || number.GetBitLength() > MostNumberBits)
        {
            throw new RefusedException(RefusalCodes.CrlFormat, $"{what} was expected to have a number of at most {MostNumberBits} bits: without one nobody could tell an older list");
        }

        var name = issuer.Key.Fingerprint[..NameDigits];
        return
        [
            ($"the number of {what}", new CollateralFloor($"{Prefix}/crl-number/{name}", number)),
            ($"the date of {what}, in Unix seconds,", new CollateralFloor($"{Prefix}/crl-date/{name}", Math.Max(list.ThisUpdate.ToUnixTimeSeconds(), 0))),
        ];
    }

    private async Task HoldAsync(IReadOnlyList<(string What, CollateralFloor Floor)> seen, bool raises, CancellationToken cancellationToken)
    {
        CollateralFloor[] numbers = [.. seen.Select(one => one.Floor)];
        if ((raises ? await floors.RaiseAsync(numbers, cancellationToken) : await floors.FindAboveAsync(numbers, cancellationToken)) is { } higher)
        {
            var (what, found) = seen.First(one => one.Floor.Name == higher.Name);
            throw new RefusedException(RefusalCodes.CollateralRollback, $"{what} was expected to be at least {higher.Number}, which was seen before, not {found.Number}");
        }
    }
}
