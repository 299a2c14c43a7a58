namespace CocoonOrleans.Ledger.Holds;

/// <summary>Where a hold stands. It leaves <see cref="Open"/> once and never changes again.</summary>
public enum HoldState
{
    /// <summary>The money is set aside and the job may run.</summary>
    Open,

    /// <summary>Charged; see <see cref="Hold.Capture"/>.</summary>
    Captured,

    /// <summary>Given back in full; see <see cref="Hold.Release"/>.</summary>
    Released,
}
