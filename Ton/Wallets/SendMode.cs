namespace CocoonOrleans.Ton.Wallets;

/// <summary>How a contract sends a message (TVM, SENDRAWMSG).</summary>
[Flags]
public enum SendMode
{
    /// <summary>The value as it stands; the fee is taken from it.</summary>
    None = 0,

    /// <summary>The fee is paid beside the value.</summary>
    PayFeesSeparately = 1,

    /// <summary>A message that can't be sent is left out in silence: look for it among the messages that went out.</summary>
    IgnoreErrors = 2,

    /// <summary>What the incoming message still carries is added.</summary>
    CarryIncomingValue = 64,

    /// <summary>The whole balance.</summary>
    CarryAllBalance = 128,
}
