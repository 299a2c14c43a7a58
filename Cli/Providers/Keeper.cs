using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Cli.Providers;

/// <summary>
/// Looks after a provider's money. A voucher counts where the chain has our contract at its address, whose terms name this provider's key, and the payer's key of
/// those terms signed it; up to what the channel holds. Nothing of that is asked of the operator; only what is due is its word.
/// </summary>
internal sealed class Keeper(
    ToncenterClient chain, HttpClient gateway, SigningKey key, int network, string folder, IReadOnlyList<string> workers, Nano limit, TimeProvider clock)
{
    private const string PauseFile = "paused";
    private const string PauseMark = "keeper: ";
    private const int LargestFile = 4096;
    private const int MostFiles = 1000;

    /// <summary>What the chain said last of each channel.</summary>
    private readonly Dictionary<TonAddress, AccountState> _seen = [];

    /// <summary>Looks once.</summary>
    public async Task<KeeperReport> LookAsync(CancellationToken cancellationToken)
    {
        List<string> problems = [];
        var statement = await AskAsync(problems, cancellationToken);
        var found = Read(problems);
        if (statement?.Channel is { Voucher.Length: > 0 } channel)
        {
            TryAdd(channel.Voucher, "the operator's answer", found, problems);
        }

        List<KeptVoucher> kept = [];
        var promised = Nano.Zero;
        var isBlind = false;
        foreach (var vouchers in found.GroupBy(voucher => voucher.Voucher.Channel))
        {
            var account = await SeeAsync(vouchers.Key, problems, cancellationToken);
            isBlind |= account is null;
            if (account is not null && Judge(vouchers.Key, account, [.. vouchers], problems) is var (state, best))
            {
                promised += Nano.Max(Nano.Zero, Nano.Min(best.Voucher.Cumulative, state.Deposited - state.Withdrawn) - state.Claimed);
                kept.Add(new KeptVoucher(
                    vouchers.Key.ToString(), state.Phase.ToString().ToLowerInvariant(), checked((long)best.Voucher.Serial), best.Voucher.Cumulative.ToString(), state.Claimed.ToString(), Keep(best)));
            }
        }

        var unpromised = statement is null ? (Nano?)null : statement.Due - promised;
        if (isBlind)
        {
            // What these vouchers are worth isn't known: what was judged last stays, so a chain that is away stops no work.
            unpromised = null;
        }

        if (unpromised is { } open)
        {
            Pause(open > limit ? $"{open} nano of work have no voucher, more than {limit}" : null, problems);
        }

        return new KeeperReport(
            clock.GetUtcNow(), statement?.Due.ToString(), promised.ToString(), unpromised?.ToString(), workers.Any(worker => File.Exists(Path.Combine(worker, PauseFile))), kept, problems);
    }

    private async Task<StatementAnswer?> AskAsync(List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            return await EarningsCommand.ReadAsync(gateway, key, network, days: 1, cancellationToken);
        }
        catch (Exception failed) when (failed is CommandFailedException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            problems.Add($"The operator does not say what it owes: {failed.Message}");
            return null;
        }
    }

    /// <summary>What the workers got, and what was kept before.</summary>
    private List<SignedVoucher> Read(List<string> problems)
    {
        List<SignedVoucher> found = [];
        foreach (var place in workers.Select(worker => Path.Combine(worker, "vouchers")).Append(folder).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(place).Where(file => file.EndsWith(".json", StringComparison.Ordinal) || file.EndsWith(".fork", StringComparison.Ordinal)).Take(MostFiles))
            {
                if (file.EndsWith(".fork", StringComparison.Ordinal))
                {
                    problems.Add($"Two vouchers of one number came: the operator's database was copied. The proof: {file}");
                }

                try
                {
                    var voucher = new FileInfo(file).Length <= LargestFile ? JsonSerializer.Deserialize(File.ReadAllBytes(file), TunnelJson.Default.ProviderVoucher) : null;
                    TryAdd(voucher is { IsValid: true } ? voucher.Voucher : [], file, found, problems);
                }
                catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
                {
                    problems.Add($"{file} can't be read: {unreadable.Message}");
                }
            }
        }

        return found;
    }

    private static void TryAdd(byte[] bytes, string source, List<SignedVoucher> found, List<string> problems)
    {
        try
        {
            found.Add(SignedVoucher.Parse(bytes));
        }
        catch (TonFormatException malformed)
        {
            problems.Add($"{source} holds no voucher: {malformed.Message}");
        }
    }

    /// <summary>What lies at a channel's address; where the chain is silent, what it said last.</summary>
    /// <returns>Null where it is silent, and said nothing before.</returns>
    private async Task<AccountState?> SeeAsync(TonAddress channel, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            return _seen[channel] = await chain.GetAccountAsync(channel, null, cancellationToken);
        }
        catch (ChainException silent)
        {
            problems.Add($"The chain says nothing of channel {channel}, and what it said last counts: {silent.Message}");
            return _seen.GetValueOrDefault(channel);
        }
    }

    private (ChannelState State, SignedVoucher Best)? Judge(TonAddress channel, AccountState account, IReadOnlyList<SignedVoucher> vouchers, List<string> problems)
    {
        try
        {
            if (account.Code?.Hash != ContractCode.Channel.Hash || account.Data is null)
            {
                problems.Add($"At {channel} is no channel: its vouchers are worth nothing.");
                return null;
            }

            var state = ChannelState.Read(account.Data);
            if (state.Terms.Address != channel || state.Terms.PayeeKey != key.PublicKey)
            {
                problems.Add($"Channel {channel} is not yours.");
                return null;
            }

            if (state.Phase == ChannelPhase.Closing)
            {
                problems.Add($"The operator leaves channel {channel} at {DateTimeOffset.FromUnixTimeSeconds(state.UnlockTime):u}: charge your voucher before, with ./cocoon worker charge");
            }

            SignedVoucher? best = null;
            foreach (var voucher in vouchers)
            {
                if (voucher.Voucher.Network != network || !voucher.IsSignedBy(state.Terms.PayerKey))
                {
                    problems.Add($"Voucher {voucher.Voucher.Serial} of channel {channel} is not signed by its payer for this network.");
                }
                else if (best is null || voucher.Voucher.Cumulative > best.Voucher.Cumulative)
                {
                    best = voucher;
                }
            }

            return best is null ? null : (state, best);
        }
        catch (TonFormatException malformed)
        {
            problems.Add($"Channel {channel} can't be read: {malformed.Message}");
            return null;
        }
    }

    private string Keep(SignedVoucher best)
    {
        var account = best.Voucher.Channel.Account.ToString();
        var file = Path.Combine(folder, $"{account}.json");
        DataFolder.WritePrivate(file, JsonSerializer.Serialize(new ProviderVoucher(account, checked((long)best.Voucher.Serial), best.ToBytes()), TunnelJson.Default.ProviderVoucher));
        return file;
    }

    /// <summary>Pauses all workers, or lets those take jobs again that were paused here: what a person paused stays so.</summary>
    private void Pause(string? reason, List<string> problems)
    {
        foreach (var worker in workers)
        {
            var file = Path.Combine(worker, PauseFile);
            try
            {
                if (reason is not null && !File.Exists(file))
                {
                    File.WriteAllText(file, $"{PauseMark}{reason}\n");
                }
                else if (reason is null && File.Exists(file) && File.ReadAllText(file).StartsWith(PauseMark, StringComparison.Ordinal))
                {
                    File.Delete(file);
                }
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                problems.Add($"The worker in {worker} can't be paused or let go on: {failed.Message}");
            }
        }

        if (reason is not null)
        {
            problems.Add($"Workers are paused: {reason}.");
        }
    }
}
