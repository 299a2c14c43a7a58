using System.Security.Cryptography;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Channels;

/// <summary>A channel under operations of chance, beside a model in a dozen numbers. After each one they are the same, and at the end every rule of the book holds.</summary>
public abstract class ClientChannelPropertyTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const string Wallet = "0:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Channel = "0:4444444444444444444444444444444444444444444444444444444444444444";
    private const int Steps = 400;

    public sealed class OnSqlite() : ClientChannelPropertyTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : ClientChannelPropertyTests(new PostgreSqlLedgerDatabase());

    private IClientChannelStore Store => (IClientChannelStore)Ledger;

    private IWalletStore Wallets => (IWalletStore)Ledger;

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Channel_OperationsOfChance_KeepsToTheModel(int seed)
    {
        var random = new Random(seed);
        await Store.OpenClientChannelAsync(
            new ClientChannel
            {
                Channel = Channel,
                AccountId = Client,
                PayerAddress = Wallet,
                PayerKey = new byte[32],
                PayeeAddress = Wallet,
                PayeeKey = new byte[32],
                CloseDelay = 60,
                Salt = 1,
            },
            1,
            default);
        await Wallets.OpenWalletAsync(Wallet, new WalletCursor(1, new byte[32], new Nano(1000)), default);
        List<(Guid Job, long Amount)> open = [];
        (long deposited, long claimed, long withdrawn, long pending) = (0, 0, 0, 0);
        (long voucher, long captured, long held, long paid) = (0, 0, 0, 0);
        (long serial, long seqno, long lt) = (0, 0, 1);
        const long window = 50;
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    // A request with a voucher: mostly enough, sometimes old or too low.
                    long amount = random.Next(1, 200);
                    long promise = random.Next(4) == 0 ? random.Next(1, 500) : captured + held + random.Next(1, 300);
                    long number = random.Next(5) == 0 ? random.Next(1, 50) : serial + 1;
                    Guid job = Guid.CreateVersion7();
                    LedgerResult placed = await Do(Hold(job, amount) with
                    {
                        Channel = Channel,
                        CreditWindow = new Nano(window),
                        Voucher = new ClientVoucher(number, new Nano(promise), SHA256.HashData(BitConverter.GetBytes((number << 32) | promise))),
                    });
                    serial = Math.Max(serial, number);
                    voucher = Math.Max(voucher, promise);
                    bool fits = deposited > 0 && pending == 0 && captured + held + amount <= Math.Min(voucher + window, deposited - withdrawn - pending);
                    Assert.Equal((step, fits), (step, placed is HoldPlaced));
                    if (fits)
                    {
                        open.Add((job, amount));
                        held += amount;
                    }

                    break;
                case 2 or 3 when open.Count > 0:
                    (Guid ending, long most) = open[random.Next(open.Count)];
                    open.RemoveAll(one => one.Job == ending);
                    held -= most;
                    if (random.Next(4) == 0)
                    {
                        await Do<HoldReleased>(new ReleaseHold(ending, "expired"));
                    }
                    else
                    {
                        long used = random.Next(0, (int)most + 1);
                        await Do<HoldCaptured>(Capture(ending, used));
                        await Do<HoldCaptured>(Capture(ending, used));
                        captured += used;
                    }

                    break;
                case 4:
                    deposited += random.Next(0, 600);
                    await ObserveAsync();
                    break;
                case 5:
                    pending = random.Next(3) == 0 ? random.NextInt64(0, deposited - withdrawn - claimed + 1) : 0;
                    await ObserveAsync();
                    break;
                case 6 when deposited > 0:
                    // The chain pays what a voucher says, as far as there is something.
                    long pays = Math.Min(Math.Min(voucher, deposited - withdrawn), captured) - claimed;
                    if (pays > 0)
                    {
                        claimed += pays;
                        lt += 10;
                        Assert.NotNull(await Wallets.TryApplyAsync(
                            new WalletStep
                            {
                                Wallet = Wallet,
                                PreviousLt = lt - 10,
                                Lt = lt,
                                Hash = new byte[32],
                                Fees = Nano.Zero,
                                Received = new Nano(pays - random.NextInt64(0, pays)),
                                Receipt = WalletReceipt.ChannelPaid,
                                PaidCumulative = new Nano(claimed),
                                Source = Channel,
                            },
                            default));
                        paid = claimed;
                        await ObserveAsync();
                    }

                    break;
                default:
                    // An endpoint that lags, or lies downwards.
                    Assert.False(await Store.TryApplyClientAsync(
                        Channel, new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(deposited), new Nano(claimed), new Nano(withdrawn), Nano.Zero, 0, seqno - 1, seqno - 1), default));
                    break;
            }

            ClientChannel seen = (await Store.FindClientChannelAsync(Channel, default))!;
            Assert.Equal(
                (step, voucher, captured, held, paid, claimed),
                (step, seen.Voucher?.Cumulative.Value ?? 0, seen.Captured.Value, seen.Held.Value, seen.Paid.Value, seen.State.Claimed.Value));
            Assert.Equal(new Nano(paid - captured), (await Read(seen.Receivable)).Balance);
        }

        Assert.True(captured > 0 && claimed > 0, "Chance did nothing.");
        return;

        async Task ObserveAsync()
        {
            seqno++;
            Assert.True(await Store.TryApplyClientAsync(
                Channel,
                new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(deposited), new Nano(claimed), new Nano(withdrawn), new Nano(pending), 0, seqno, seqno),
                default));
        }
    }
}
