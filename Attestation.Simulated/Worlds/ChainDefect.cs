namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What is wrong with a chain of certificates. Each has the code of the same name.</summary>
public enum ChainDefect
{
    /// <summary>No certificate among them.</summary>
    Malformed,

    /// <summary>One more than there must be.</summary>
    Length,

    /// <summary>It ends in a stranger's root of the same name.</summary>
    Root,

    /// <summary>The leaf names another issuer.</summary>
    Issuer,

    /// <summary>The leaf is an authority.</summary>
    Authority,

    /// <summary>The leaf is signed with SHA-384, which does not fit P-256.</summary>
    Algorithm,

    /// <summary>The leaf has a key on P-521.</summary>
    Key,

    /// <summary>A stranger signed the leaf.</summary>
    Signature,

    /// <summary>The leaf has expired.</summary>
    Expired,

    /// <summary>The leaf is of another kind.</summary>
    Subject,
}
