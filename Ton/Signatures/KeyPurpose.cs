namespace CocoonOrleans.Ton.Signatures;

/// <summary>What a key is for. No key is for two things.</summary>
public enum KeyPurpose
{
    /// <summary>Tells a wallet what to send: who has it has the wallet's coins.</summary>
    Wallet,

    /// <summary>Signs vouchers: who has it can pay payees what their channels hold, and nobody else.</summary>
    Voucher,

    /// <summary>Names a provider: signs its passes for workers, its requests and its closes of channels.</summary>
    Provider,

    /// <summary>Signs proposals and vetoes of a registry's owner, off chain.</summary>
    Owner,
}
