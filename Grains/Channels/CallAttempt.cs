namespace CocoonOrleans.Grains.Channels;

/// <summary>How far the attempts at a call are.</summary>
/// <param name="Id">The intent of the attempt.</param>
/// <param name="Number">Its number; 0 for the first.</param>
/// <param name="State">What is to be done.</param>
internal readonly record struct CallAttempt(Guid Id, int Number, CallAttemptState State);

/// <summary>What is to be done about a call.</summary>
internal enum CallAttemptState
{
    /// <summary>It is to be placed.</summary>
    Due,

    /// <summary>It is on its way, or done.</summary>
    Placed,

    /// <summary>The last attempt was refused, and the next one waits.</summary>
    Paused,

    /// <summary>All attempts were refused.</summary>
    GivenUp,
}
