namespace CocoonOrleans.Sealing;

/// <summary>What is said to the outside.</summary>
public static class SealingErrorCodes
{
    /// <summary>A sealed request can't be taken, whatever the reason. It is said unsealed and so proves nothing: a client only tries again.</summary>
    public const string Rejected = "sealing.rejected";
}
