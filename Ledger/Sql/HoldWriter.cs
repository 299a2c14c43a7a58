using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Places, captures and releases holds: the rules, whatever the book is.</summary>
internal static class HoldWriter
{
    public static LedgerResult Place(this IHoldBook book, PlaceHold operation, DateTimeOffset now)
    {
        // The promise first: it counts whatever becomes of the hold.
        bool forked = operation.Voucher is not null && book.StoreVoucher(operation, now);
        if (book.Find(operation.JobId) is { } existing)
        {
            return existing.AccountId == operation.AccountId && existing.Channel == operation.Channel && existing.RequestHash.Span.SequenceEqual(operation.RequestHash.Span)
                ? new HoldPlaced(existing, Repeated: true, forked)
                : new IdReused();
        }

        return book.TryPlace(operation, now) is { } placed ? new HoldPlaced(placed, Repeated: false, forked) : book.WhyNot(operation, forked);
    }

    public static LedgerResult Capture(this IHoldBook book, CaptureHold operation, DateTimeOffset now)
    {
        if (book.Find(operation.JobId) is not { } hold)
        {
            return new UnknownJob(operation.JobId);
        }

        if (hold.State == HoldState.Captured)
        {
            return new HoldCaptured(hold, Repeated: true);
        }

        // Who served an open job is paid, though its account be closed meanwhile.
        if (book.RefuseProvider(operation.ProviderAccountId) is { } refused)
        {
            return refused;
        }

        Nano amount = Nano.Min(operation.Amount, hold.Amount);
        if (hold.State == HoldState.Released)
        {
            book.RecordLate(hold, operation, amount, now);
            return new CaptureTooLate(hold);
        }

        Nano commission = new((long)((Int128)amount.Value * operation.CommissionBasisPoints / LedgerLimits.BasisPoints));
        return new HoldCaptured(book.Capture(hold, operation, amount, commission, now), Repeated: false);
    }

    public static LedgerResult Release(this IHoldBook book, ReleaseHold operation, DateTimeOffset now) => book.Find(operation.JobId) switch
    {
        null => new UnknownJob(operation.JobId),
        { State: HoldState.Open } hold => new HoldReleased(book.Release(hold, operation.Reason, now), Repeated: false),
        { State: HoldState.Released } hold => new HoldReleased(hold, Repeated: true),
        Hold hold => new AlreadyCaptured(hold),
    };
}
