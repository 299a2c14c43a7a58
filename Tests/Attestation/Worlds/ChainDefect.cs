namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>What is wrong with a chain of certificates. Each has the code of the same name.</summary>
internal enum ChainDefect
{
    Malformed,
    Length,
    Root,
    Issuer,
    Authority,
    Algorithm,
    Key,
    Signature,
    Expired,
    Subject,
}
