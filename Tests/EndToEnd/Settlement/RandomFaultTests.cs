using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>Payouts under faults and kills drawn by a seed: nothing is lost, nothing is sent twice, and ledger and chain end equal.</summary>
public sealed class RandomFaultTests(ITestOutputHelper output)
{
    private const int Payees = 3;

    /// <summary>Some 36 payouts, or 1,000 in the long run.</summary>
    [SkippableFact, Trait(LongRun.Trait, LongRun.Category)]
    public async Task Wallet_RandomFaultsAndKills_PaysEachPayoutOnce()
    {
        int seed = LongRun.Seed(Random.Shared.Next());
        output.WriteLine($"COCOON_SEED={seed}");
        var random = new Random(seed);
        await using SettlingSilo silo = await SettlingSilo.StartAsync(
            coins: 10_000, "--Wallets:BatchSize=7", "--Wallets:Validity=00:00:30", "--Wallets:ExpiryMargin=00:00:10", "--Chain:MaxClockDifference=00:01:00");
        ChildProcess process = await silo.StartSiloAsync();
        TonAddress[] payees = [.. Enumerable.Range(0, Payees).Select(_ => SettlingSilo.NewAddress())];
        var paid = new long[Payees];
        List<Guid> payouts = [];
        for (int step = 0; step < LongRun.Rounds(usually: 12, ifLong: 334); step++)
        {
            await BreakSomethingAsync(silo, random);
            int count = random.Next(1, 6);
            PlaceIntent[] batch = new PlaceIntent[count];
            for (int i = 0; i < count; i++)
            {
                int payee = random.Next(Payees);
                long amount = random.NextInt64(1, 3 * Nano.PerCoin);
                paid[payee] += amount;
                await silo.EarnAsync(new Nano(amount));
                batch[i] = silo.Payout(payees[payee], new Nano(amount));
            }

            // Placed twice, as who was told nothing does.
            await silo.Ledger.ExecuteAsync(batch, default);
            await silo.Ledger.ExecuteAsync(batch, default);
            payouts.AddRange(batch.Select(intent => intent.IntentId));
            if (random.Next(4) == 0)
            {
                await silo.KillAsync(process);
                await silo.Chain.DevAsync("dev_release", new { });
                process = await StartAgainAsync(silo);
            }
        }

        await silo.Chain.DevAsync("dev_release", new { });
        await silo.Chain.DevAsync("dev_clear", new { });
        foreach (Guid payout in payouts)
        {
            await silo.WaitAsync(payout, IntentState.Delivered);
        }

        await silo.SettleAsync();
        for (int i = 0; i < Payees; i++)
        {
            Assert.Equal(new Nano(paid[i]), await silo.ReceivedAsync(payees[i]));
        }

        Assert.Equal(Nano.Zero, await silo.BookedAsync(WellKnownAccounts.PayoutsInFlight));
        Assert.Equal(Nano.Zero, await silo.BookedAsync(SettlingSilo.Provider));
    }

    /// <summary>A silo refuses to start while no endpoint answers, so whoever watches it starts it again.</summary>
    private static async Task<ChildProcess> StartAgainAsync(SettlingSilo silo)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await silo.StartSiloAsync();
            }
            catch (CommandFailedException) when (attempt < 10)
            {
                // Each attempt uses up some of the faults.
            }
        }
    }

    private static Task BreakSomethingAsync(SettlingSilo silo, Random random)
    {
        int times = random.Next(1, 8);
        int endpoint = random.Next(1, 3);
        string address = silo.WalletAddress;
        return random.Next(8) switch
        {
            0 => silo.Chain.DevAsync("dev_drop", new { address, times }),
            1 => silo.Chain.DevAsync("dev_hold", new { address, times }),
            2 => silo.Chain.DevAsync("dev_fail", new { endpoint, status = 503, times }),
            3 => silo.Chain.DevAsync("dev_fail", new { status = 429, times }),
            4 => silo.Chain.DevAsync("dev_stale", new { endpoint, blocks = random.Next(1, 4), times }),
            5 => silo.Chain.DevAsync("dev_duplicate", new { address, times }),

            // What was sent may have expired by now, and run at the last moment.
            6 => AdvanceAsync(silo, random.Next(1, 46)),
            _ => silo.Chain.DevAsync("dev_release", new { }),
        };
    }

    /// <summary>Moves the chain's clock on, never so far from ours that a silo refuses to start.</summary>
    private static async Task AdvanceAsync(SettlingSilo silo, int seconds)
    {
        long ahead = (await silo.Chain.DevAsync("dev_now", new { })).GetProperty("now").GetInt64() - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        if (ahead <= 5)
        {
            await silo.Chain.DevAsync("dev_now", new { advance = seconds });
        }
    }
}
