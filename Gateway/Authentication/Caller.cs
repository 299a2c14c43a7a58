using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>Who sent a request.</summary>
/// <param name="AccountId">The account that pays.</param>
/// <param name="KeyId">The public part of the key; may be logged.</param>
/// <param name="KeyLabel">What its owner calls the key.</param>
/// <param name="LowestTrust">The lowest trust tier that may serve its requests; null for any.</param>
/// <param name="MayLowerTrust">Whether a request may ask for less.</param>
public sealed record Caller(string AccountId, string KeyId, string KeyLabel, TrustTier? LowestTrust = null, bool MayLowerTrust = false);
