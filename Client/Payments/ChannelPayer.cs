using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Client.Payments;

/// <summary>
/// Pays from a channel of the client's own: signs for each request a voucher over all that was used, and the most that open requests may cost. So it never signs more than it asked
/// for, whatever the operator says, and a request that was answered costs what its worker's receipt says. The file is written before a voucher leaves; one process at a time has it.
/// Thread-safe.
/// </summary>
public sealed class ChannelPayer : IDisposable
{
    /// <summary>The most requests whose end isn't known.</summary>
    private const int MostOpen = 10_000;

    /// <summary>So many receipts wait for a voucher; then they are folded into the context, so that the file stays small however long the last promise suffices.</summary>
    private const int MostReceipts = 4096;

    private readonly Lock _turn = new();
    private readonly string _path;
    private readonly SigningKey _key;
    private readonly FileStream _lock;
    private readonly HashSet<Guid> _live = [];
    private ChannelFile _file;

    private ChannelPayer(string path, ChannelFile file, SigningKey key, FileStream only)
    {
        _path = path;
        _file = file;
        _key = key;
        _lock = only;
    }

    /// <summary>The network, config parameter 19.</summary>
    public int Network => _file.Network;

    /// <summary>What both sides agreed on.</summary>
    public ChannelTerms Terms => _file.Terms;

    /// <summary>The channel's address.</summary>
    public TonAddress Channel => _file.Terms.Address;

    /// <summary>All that was promised, in nano.</summary>
    public Nano Promised => _file.Last?.Voucher.Cumulative ?? Nano.Zero;

    /// <summary>What was used for sure, in nano.</summary>
    public Nano Used => _file.Used;

    /// <summary>The most that requests may cost whose end isn't known, in nano.</summary>
    public Nano Unsure => Sum(_file.Open.Values);

    /// <summary>Whether the operator is to be asked before the next voucher: some request's end isn't known, and none runs that would explain it.</summary>
    internal bool NeedsWord
    {
        get
        {
            lock (_turn)
            {
                return _file.Open.Count > _live.Count && _live.Count == 0;
            }
        }
    }

    /// <summary>Makes a channel's file, before the channel is made known or funded.</summary>
    /// <param name="path">The file; must not exist.</param>
    /// <param name="network">The network.</param>
    /// <param name="terms">The terms, of which the client has computed the address itself.</param>
    /// <exception cref="IOException">It exists, or can't be written.</exception>
    public static void Create(string path, int network, ChannelTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        new ChannelFile { Network = network, Terms = terms, Open = new Dictionary<Guid, Nano>(), Receipts = [] }.Write(path, isNew: true);
    }

    /// <summary>Opens a channel's file for paying.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The channel's voucher key; disposed of with this.</param>
    /// <exception cref="InvalidDataException">It is no channel's file, or the key is another's.</exception>
    /// <exception cref="IOException">It can't be read, or another process pays from it: two payers would sign against each other.</exception>
    public static ChannelPayer Open(string path, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var full = Path.GetFullPath(path);
        var only = new FileStream($"{full}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var file = ChannelFile.Read(full);
            return file.Terms.PayerKey == key.PublicKey
                ? new ChannelPayer(full, file, key, only)
                : throw new InvalidDataException($"{path} is of a channel with another voucher key.");
        }
        catch
        {
            only.Dispose();
            throw;
        }
    }

    /// <summary>Reads what a channel's file says, without paying.</summary>
    /// <exception cref="InvalidDataException">It is no channel's file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static (int Network, ChannelTerms Terms, Nano Promised, Nano Used, Nano Unsure) Peek(string path)
    {
        var file = ChannelFile.Read(path);
        return (file.Network, file.Terms, file.Last?.Voucher.Cumulative ?? Nano.Zero, file.Used, Sum(file.Open.Values));
    }

    /// <summary>
    /// Takes the operator's word: the voucher that it shows is taken where it is ours and a higher one, which is how a payer that was restored from an older file catches up; what
    /// it says was used counts only as far as this payer asked for it, or signed it.
    /// </summary>
    /// <returns>Whether something changed, so that it helps to sign anew.</returns>
    public bool CatchUp(OperatorChannel word)
    {
        ArgumentNullException.ThrowIfNull(word);
        lock (_turn)
        {
            var before = _file;
            if (word.Address != Channel.ToString())
            {
                return false;
            }

            var file = _file;
            var most = file.Used + Sum(file.Open.Values);
            if (word.Voucher is { } shown
                && shown.Voucher.Network == Network
                && shown.Voucher.Channel == Channel
                && shown.Voucher.Cumulative > Promised
                && shown.IsSignedBy(_key.PublicKey))
            {
                // Its serial is ours, and whatever lies below it is known to the operator: the next one is above both.
                file = file with { Last = shown, Folded = null, Receipts = [] };
                most = Nano.Max(most, shown.Voucher.Cumulative);
            }

            if (_live.Count == 0 && word.Held == Nano.Zero)
            {
                // Nothing runs on either side: what was used is what was captured.
                file = file with { Used = Nano.Max(file.Used, Nano.Min(word.Captured, most)), Open = new Dictionary<Guid, Nano>() };
            }
            else if (!ReferenceEquals(file, before))
            {
                // What the restored file doesn't know of. What is live is counted by itself.
                var live = Sum(file.Open.Where(open => _live.Contains(open.Key)).Select(open => open.Value));
                file = file with { Used = Nano.Max(file.Used, Nano.Min(word.Captured + Nano.Max(Nano.Zero, word.Held - live), most)) };
            }

            if (ReferenceEquals(file, before))
            {
                return false;
            }

            Keep(file);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _lock.Dispose();
    }

    /// <summary>Promises what a request may cost. Stored on the disk before it returns.</summary>
    /// <exception cref="IOException">The file can't be written: nothing was promised.</exception>
    internal PaidRequest Begin(Guid requestId, Nano mostCost)
    {
        lock (_turn)
        {
            if (_file.Open.Count >= MostOpen)
            {
                throw new IOException($"The ends of {MostOpen} requests are unknown: the operator must be asked first.");
            }

            var open = new Dictionary<Guid, Nano>(_file.Open) { [requestId] = mostCost };
            var needed = _file.Used + Sum(open.Values);
            var file = _file with { Open = open };
            if (needed > Promised || file.Last is null)
            {
                var voucher = new Voucher(Network, Channel, checked((file.Last?.Voucher.Serial ?? 0) + 1), needed, ContextOf(file, file.Receipts));
                file = file with { Last = voucher.Sign(_key), Folded = null, Receipts = [] };
            }

            Keep(file);
            _live.Add(requestId);
            return new PaidRequest(this, requestId, file.Last!);
        }
    }

    internal void Settle(Guid requestId, Nano cost, Bits256 receipt)
    {
        lock (_turn)
        {
            _live.Remove(requestId);
            IReadOnlyList<Bits256> receipts = [.. _file.Receipts, receipt];
            var file = _file with { Used = _file.Used + cost, Open = Without(requestId) };
            Keep(receipts.Count < MostReceipts
                ? file with { Receipts = receipts }
                : file with { Folded = ContextOf(file, receipts), Receipts = [] });
        }
    }

    internal void Drop(Guid requestId)
    {
        lock (_turn)
        {
            _live.Remove(requestId);
            Keep(_file with { Open = Without(requestId) });
        }
    }

    internal void Leave(Guid requestId)
    {
        lock (_turn)
        {
            _live.Remove(requestId);
        }
    }

    /// <summary>The context that covers these receipts after all that was covered before.</summary>
    private static Bits256 ContextOf(ChannelFile file, IReadOnlyList<Bits256> receipts) =>
        VoucherContext.Next(file.Folded ?? file.Last?.Voucher.Context ?? VoucherContext.First, UsageRoot.Of([.. receipts]));

    private static Nano Sum(IEnumerable<Nano> amounts) => amounts.Aggregate(Nano.Zero, (sum, amount) => sum + amount);

    private Dictionary<Guid, Nano> Without(Guid requestId) => _file.Open.Where(open => open.Key != requestId).ToDictionary();

    private void Keep(ChannelFile file)
    {
        file.Write(_path);
        _file = file;
    }
}
