namespace CocoonOrleans.Ton.Messages;

/// <summary>What an account is (block.tlb, AccountStatus).</summary>
public enum AccountStatus
{
    /// <summary>It has coins and no code.</summary>
    Uninitialized = 0,

    /// <summary>It owes for storage, and only the hash of its state is kept.</summary>
    Frozen = 1,

    /// <summary>It has code.</summary>
    Active = 2,

    /// <summary>There is none.</summary>
    Nonexistent = 3,
}
