using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Where holds stand and what moves with them. The rules are <see cref="HoldWriter"/>'s; a database may keep a group of them aside and write it as one.</summary>
internal interface IHoldBook
{
    /// <summary>A job's hold in whatever state it is; null where there is none.</summary>
    Hold? Find(Guid jobId);

    /// <summary>Stores the voucher that comes with a hold on a channel.</summary>
    /// <returns>Whether it is the second, other one of its serial.</returns>
    bool StoreVoucher(PlaceHold operation, DateTimeOffset now);

    /// <summary>Sets the money aside and adds the hold; null where the account, the key or the money refuses it.</summary>
    Hold? TryPlace(PlaceHold operation, DateTimeOffset now);

    /// <summary>Why a hold was not placed.</summary>
    LedgerResult WhyNot(PlaceHold operation, bool forked);

    /// <summary>Why an account can't be paid for a job; null where it can, though it be closed.</summary>
    AccountRefused? RefuseProvider(string account);

    /// <summary>Charges an open hold and frees the rest.</summary>
    /// <returns>The hold as it stands then.</returns>
    Hold Capture(Hold hold, CaptureHold operation, Nano amount, Nano commission, DateTimeOffset now);

    /// <summary>Records a completion of a hold that was released before; once for each worker.</summary>
    void RecordLate(Hold hold, CaptureHold operation, Nano amount, DateTimeOffset now);

    /// <summary>Frees an open hold.</summary>
    /// <returns>The hold as it stands then.</returns>
    Hold Release(Hold hold, string reason, DateTimeOffset now);
}
