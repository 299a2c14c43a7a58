namespace CocoonOrleans.Ton.Vouchers;

/// <summary>Ops of the messages that a channel sends.</summary>
public enum ChannelNoticeKind : uint
{
    /// <summary>The payee's money.</summary>
    Paid = 0x5e7d2001,

    /// <summary>The payer's money.</summary>
    Refund = 0x5e7d2002,

    /// <summary>To the payee: the payer leaves, or takes something back, or changed its mind about it.</summary>
    CloseNotice = 0x5e7d2003,

    /// <summary>What a message carried beyond its gas.</summary>
    Excesses = 0x2565934c,
}
