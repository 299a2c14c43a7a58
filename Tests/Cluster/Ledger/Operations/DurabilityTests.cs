using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Tests.Cluster.Ledger.Operations;

public abstract class DurabilityTests(LedgerDatabase database) : LedgerSuite(database)
{
    public sealed class OnSqlite() : DurabilityTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : DurabilityTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task Execute_Acknowledged_IsThereAfterAKill()
    {
        Guid captured = Guid.CreateVersion7();
        Guid open = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(captured, 600));
        await Do<HoldCaptured>(Capture(captured, 400));
        await Do<HoldPlaced>(Hold(open, 600));

        await using LedgerDatabase after = await Database.KillAndReopenAsync();

        Assert.Equal(HoldState.Captured, (await after.Ledger.GetHoldAsync(captured, CancellationToken.None))?.State);
        Assert.Equal(HoldState.Open, (await after.Ledger.GetHoldAsync(open, CancellationToken.None))?.State);
        Assert.Empty(await after.Ledger.CheckInvariantsAsync(CancellationToken.None));
    }

    [SkippableFact]
    public async Task Execute_KilledAtAnyMoment_KeepsAtLeastWhatWasAcknowledged()
    {
        using CancellationTokenSource stop = new();
        int acknowledged = 0;
        Task writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1));
                Interlocked.Increment(ref acknowledged);
            }
        });
        while (Volatile.Read(ref acknowledged) < 20)
        {
            await Task.Yield();
        }

        int before = Volatile.Read(ref acknowledged);
        await using LedgerDatabase after = await Database.KillAndReopenAsync();
        await stop.CancelAsync();
        await writing;

        Assert.InRange((await after.Ledger.GetAccountAsync(Client, CancellationToken.None))!.Held.Value, before, 1000);
        Assert.Empty(await after.Ledger.CheckInvariantsAsync(CancellationToken.None));
    }
}
