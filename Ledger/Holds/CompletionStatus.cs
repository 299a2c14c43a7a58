namespace CocoonOrleans.Ledger.Holds;

/// <summary>How a job ended at the worker, as its usage receipt says.</summary>
public enum CompletionStatus
{
    /// <summary>Ran to its end.</summary>
    Complete,

    /// <summary>Stopped because the client left or asked for it; what was generated until then is charged.</summary>
    Cancelled,

    /// <summary>Broke off; what was delivered is charged.</summary>
    Failed,
}
