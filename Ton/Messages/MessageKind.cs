namespace CocoonOrleans.Ton.Messages;

/// <summary>Where a message comes from and goes to.</summary>
public enum MessageKind
{
    /// <summary>From a contract to a contract, with coins.</summary>
    Internal,

    /// <summary>From outside to a contract.</summary>
    ExternalIn,

    /// <summary>From a contract to outside: a log entry.</summary>
    ExternalOut,
}
