using CocoonOrleans.Attestation.Collaterals;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>A set as it came: nothing of it is judged.</summary>
/// <param name="Collateral">The set.</param>
/// <param name="PckIssuerChain">The issuer of the processors' certificates and the root, PEM: whose CRL it is.</param>
internal sealed record FetchedCollateral(Collateral Collateral, ReadOnlyMemory<byte> PckIssuerChain);
