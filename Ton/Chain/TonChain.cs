using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// The chain as several endpoints tell it. What moves more than <see cref="ChainOptions.QuorumAboveNano"/> is believed when two owners say the same
/// of one masterchain block; nothing older than what was told before is believed at all. Safe for concurrent use.
/// </summary>
public sealed partial class TonChain : IDisposable
{
    private const int Page = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ChainOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<TonChain> _logger;
    private readonly HttpClient _http;
    private readonly ChainEndpoint[] _endpoints;
    private readonly SeenAccounts _seen = new();

    /// <param name="options">Valid ones with at least one endpoint.</param>
    /// <param name="clock">For pauses and time-outs, and to compare the chain's clock with.</param>
    /// <param name="logger">Where endpoints that fail, lag or lie are told.</param>
    public TonChain(ChainOptions options, TimeProvider clock, ILogger<TonChain> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Endpoints.Count, nameof(options));
        _options = options;
        _clock = clock;
        _logger = logger;

        // Redirects are not followed: they would carry the key to somebody else.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _endpoints =
        [
            .. options.Endpoints.Select(endpoint => new ChainEndpoint(
                endpoint,
                options,
                new ToncenterClient(
                    _http,
                    new ToncenterOptions
                    {
                        Address = endpoint.Address!,
                        ApiKey = endpoint.ApiKey is { Length: > 0 } key ? key : null,
                        Timeout = options.Timeout,
                    },
                    clock),
                clock)),
        ];
    }

    /// <summary>Config parameter 19 of the chain.</summary>
    public int Network => _options.Network;

    /// <summary>
    /// Compares each endpoint's network and clock with what is configured. One that doesn't answer now is compared before it is first used.
    /// </summary>
    /// <exception cref="ChainException"><see cref="ChainFailure.WrongNetwork"/> where one is of another network or time; otherwise none answered.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        ChainException?[] failures = await Task.WhenAll(_endpoints.Select(async endpoint =>
        {
            try
            {
                await endpoint.EnsureCheckedAsync(cancellation);
                return null;
            }
            catch (ChainException failed)
            {
                LogUnusable(endpoint.Name, failed.Message);
                return failed;
            }
        }));
        if (Array.Find(failures, failed => failed?.Failure == ChainFailure.WrongNetwork) is { } wrong)
        {
            throw wrong;
        }

        if (Array.TrueForAll(failures, failed => failed is not null))
        {
            throw failures[0]!;
        }
    }

    /// <summary>What an account is now, or a moment ago: never older than what was agreed on before, or told where one owner is all there is.</summary>
    /// <param name="address">The account.</param>
    /// <param name="atStake">What will be moved on the answer, in nano.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ChainException">Nobody gave an answer that can be used, or too few said the same.</exception>
    public Task<AccountState> GetAccountAsync(TonAddress address, Nano atStake, CancellationToken cancellation) =>
        GetAccountAsync(address, atStake, atStake.Value > _options.QuorumAboveNano, cancellation);

    /// <summary>
    /// The same for what is kept: a lie that was written down can't be taken back, so two owners must say it wherever two are configured, however little it is about.
    /// </summary>
    /// <param name="address">The account.</param>
    /// <param name="atStake">What will be moved on the answer, in nano; where one owner is all there is, no more is believed than <see cref="ChainOptions.QuorumAboveNano"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ChainException">Nobody gave an answer that can be used, or too few said the same.</exception>
    public Task<AccountState> GetAccountToKeepAsync(TonAddress address, Nano atStake, CancellationToken cancellation) =>
        GetAccountAsync(address, atStake, _options.HasQuorum || atStake.Value > _options.QuorumAboveNano, cancellation);

    private async Task<AccountState> GetAccountAsync(TonAddress address, Nano atStake, bool needsAgreement, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (needsAgreement && !_options.HasQuorum)
        {
            throw new ChainException(
                ChainFailure.Disagreement,
                $"{atStake.ToCoinString()} coins are at stake and only one owner's endpoint is configured; add one of another owner to {ChainOptions.Section}:Endpoints.");
        }

        long start = _clock.GetTimestamp();
        while (true)
        {
            (AccountState? state, ChainException? failure) = needsAgreement ? await TryAgreeAsync(address, cancellation) : await TryOneAsync(address, cancellation);
            if (state is not null && _seen.TryTake(address, state, counts: needsAgreement || !_options.HasQuorum))
            {
                return state;
            }

            // Who lags may catch up, who contradicts may be corrected; who does not answer has been asked often enough.
            failure ??= new ChainException(ChainFailure.Lagging, "another reader saw a newer state meanwhile");
            bool mayHelpToWait = needsAgreement || failure.Failure == ChainFailure.Lagging;
            if (!mayHelpToWait || _clock.GetElapsedTime(start) + Pause > _options.AgreementTimeout)
            {
                throw failure;
            }

            await Task.Delay(Pause, _clock, cancellation);
        }
    }

    /// <summary>What accounts are, all as of one masterchain block; said alike by two owners where two are configured.</summary>
    /// <param name="addresses">The accounts.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ChainException">Nobody answered for that block, or too few said the same.</exception>
    public async Task<IReadOnlyList<AccountState>> GetAccountsTogetherAsync(IReadOnlyList<TonAddress> addresses, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        int witnesses = _options.HasQuorum ? ChainOptions.Quorum : 1;
        (ChainEndpoint Endpoint, uint Seqno)[] heads = await AskAllAsync(_endpoints, (api, token) => api.GetMasterchainSeqnoAsync(token), cancellation);
        uint foremost = Foremost(heads, witnesses);
        heads = [.. heads.Where(head => IsWithin(head.Seqno, foremost))];
        if (OwnersHeads(heads) is not { Length: var owners } owned || owners < witnesses)
        {
            throw new ChainException(ChainFailure.Disagreement, $"{OwnersHeads(heads).Length} of {witnesses} owners have an endpoint that answers and keeps up");
        }

        uint pinned = owned[witnesses - 1];
        ChainEndpoint[] asked = [.. heads.Where(head => head.Seqno >= pinned).Select(head => head.Endpoint)];
        List<AccountState> states = [];
        foreach (TonAddress address in addresses)
        {
            (ChainEndpoint Endpoint, AccountState State)[] answers = await AskAllAsync(asked, (api, token) => api.GetAccountAsync(address, pinned, token), cancellation);
            AccountState[] agreed =
            [
                .. answers
                    .Where(answer => answer.State.Seqno == pinned)
                    .GroupBy(answer => Fingerprint.Of(answer.State))
                    .Where(opinion => opinion.Select(answer => answer.Endpoint.Owner).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= witnesses)
                    .Select(opinion => AgreedOf(opinion.Select(answer => answer.State))),
            ];
            states.Add(agreed.Length == 1 ? agreed[0] : throw new ChainException(ChainFailure.Disagreement, $"no {witnesses} owners say the same of an account at block {pinned}"));
        }

        return states;
    }

    /// <summary>A parameter of the chain's configuration, as two owners tell it where two are configured.</summary>
    /// <exception cref="ChainException">Nobody answered, or too few said the same.</exception>
    public async Task<Cell> GetConfigParamAsync(int number, CancellationToken cancellation)
    {
        if (!_options.HasQuorum)
        {
            return await FirstAnswerAsync((api, token) => api.GetConfigParamAsync(number, token), cancellation);
        }

        (ChainEndpoint Endpoint, Cell Answer)[] answers = await AskAllAsync(_endpoints, (api, token) => api.GetConfigParamAsync(number, token), cancellation);
        Cell[] agreed =
        [
            .. answers
                .GroupBy(answer => answer.Answer.Hash)
                .Where(opinion => opinion.Select(answer => answer.Endpoint.Owner).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= ChainOptions.Quorum)
                .Select(opinion => opinion.First().Answer),
        ];
        return agreed.Length == 1
            ? agreed[0]
            : throw new ChainException(ChainFailure.Disagreement, $"getConfigParam {number}: {answers.Length} answers, and not two owners who say the same");
    }

    /// <summary>
    /// The transactions after one that is known, up to one that an account's state named, oldest first; where there are many, the oldest of them, so that whoever takes them in
    /// asks again from the last one. Each is checked by its hash to be the one
    /// before the next, so they are as true as the state was, whoever tells them.
    /// </summary>
    /// <param name="address">The account.</param>
    /// <param name="newest">The last one (<see cref="AccountState.LastTransaction"/>).</param>
    /// <param name="known">The one before the first; none for the whole history.</param>
    /// <param name="limit">How many are wanted; no more are in memory at a time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ChainException">Nobody keeps them any more, or the known one is not among them (<see cref="ChainFailure.BadAnswer"/>).</exception>
    public async Task<IReadOnlyList<Transaction>> GetHistoryAsync(
        TonAddress address, TransactionId newest, TransactionId? known, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Queue<Transaction> oldest = [];
        TransactionId next = newest;
        while (next.Lt != 0 && next != known)
        {
            IReadOnlyList<Transaction> page = await ReadPageAsync(address, next, cancellation);
            foreach (Transaction transaction in page)
            {
                if (next == known)
                {
                    break;
                }

                if (known is { } earlier && transaction.Lt <= earlier.Lt)
                {
                    throw new ChainException(ChainFailure.BadAnswer, $"getTransactions: transaction {earlier.Lt}, known before, is not in the history");
                }

                if (oldest.Count == limit)
                {
                    oldest.Dequeue();
                }

                oldest.Enqueue(transaction);
                next = new TransactionId(transaction.PreviousLt, transaction.PreviousHash);
            }
        }

        return [.. oldest.Reverse()];
    }

    /// <summary>
    /// The transaction that a message of another contract made at its destination. No other message has its sender and its logical time.
    /// </summary>
    /// <param name="destination">Where the message went.</param>
    /// <param name="newest">The destination's last transaction.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="createdLt">The message's logical time; the destination's transaction is later.</param>
    /// <param name="limit">How many transactions may be later than it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null where the message isn't there yet.</returns>
    /// <exception cref="ChainException">There are more, or nobody keeps them any more.</exception>
    public async Task<Transaction?> FindReceiptAsync(
        TonAddress destination, TransactionId newest, TonAddress source, ulong createdLt, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(destination);
        TransactionId next = newest;
        for (int seen = 0; next.Lt > createdLt;)
        {
            IReadOnlyList<Transaction> page = await ReadPageAsync(destination, next, cancellation);
            if (page.FirstOrDefault(transaction => transaction.InMessage is { } message && message.Source == source && message.CreatedLt == createdLt) is { } found)
            {
                return found;
            }

            seen += page.Count;
            if (seen > limit)
            {
                throw new ChainException(ChainFailure.Refused, $"getTransactions: more than {limit} transactions after {createdLt}");
            }

            next = new TransactionId(page[^1].PreviousLt, page[^1].PreviousHash);
        }

        return null;
    }

    /// <summary>Hands a message to every endpoint. That it was taken says nothing about whether it will run.</summary>
    /// <exception cref="ChainException">
    /// None took it: <see cref="ChainFailure.Refused"/> where one said why, which is also what a message is told that ran already.
    /// </exception>
    public async Task<SendReport> SendAsync(Cell message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        ChainException?[] failures = await Task.WhenAll(_endpoints.Select(async endpoint =>
        {
            try
            {
                await endpoint.SendAsync(message, cancellation);
                return null;
            }
            catch (ChainException failed)
            {
                return failed;
            }
        }));
        int taken = failures.Count(failed => failed is null);
        int refused = failures.Count(failed => failed?.Failure == ChainFailure.Refused);
        return taken > 0
            ? new SendReport(taken, refused, failures.Length - taken - refused)
            : throw Array.Find(failures, failed => failed?.Failure == ChainFailure.Refused) ?? failures[0]!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ChainEndpoint endpoint in _endpoints)
        {
            endpoint.Dispose();
        }

        _http.Dispose();
    }

    /// <summary>The first endpoint's answer that isn't older than what was seen.</summary>
    private async Task<(AccountState? State, ChainException? Failure)> TryOneAsync(TonAddress address, CancellationToken cancellation)
    {
        uint seen = _seen.SeqnoOf(address);
        ChainException? failure = null;
        foreach (ChainEndpoint endpoint in _endpoints)
        {
            try
            {
                AccountState state = await endpoint.ReadAsync((api, token) => api.GetAccountAsync(address, null, token), cancellation);
                if (state.Seqno >= seen)
                {
                    return (state, null);
                }

                LogLagging(endpoint.Name, state.Seqno, seen);
                failure = new ChainException(ChainFailure.Lagging, $"{endpoint.Name} told of block {state.Seqno}, after {seen} was seen");
            }
            catch (ChainException failed)
            {
                LogNoAnswer(endpoint.Name, failed.Failure, failed.Message);
                failure = failure?.Failure == ChainFailure.Lagging ? failure : failed;
            }
        }

        return (null, failure);
    }

    /// <summary>What two owners say of the newest block that both know.</summary>
    private async Task<(AccountState? State, ChainException? Failure)> TryAgreeAsync(TonAddress address, CancellationToken cancellation)
    {
        (ChainEndpoint Endpoint, uint Seqno)[] heads = await AskAllAsync(_endpoints, (api, token) => api.GetMasterchainSeqnoAsync(token), cancellation);
        uint seen = _seen.SeqnoOf(address);
        uint foremost = Foremost(heads, ChainOptions.Quorum);
        foreach ((ChainEndpoint endpoint, uint seqno) in heads.Where(head => IsBehind(head.Seqno)))
        {
            LogLagging(endpoint.Name, seqno, Math.Max(seen, foremost));
        }

        heads = [.. heads.Where(head => !IsBehind(head.Seqno))];
        uint[] owned = OwnersHeads(heads);
        if (owned.Length < ChainOptions.Quorum)
        {
            return (null, new ChainException(ChainFailure.Disagreement, $"{owned.Length} of {ChainOptions.Quorum} owners have an endpoint that answers and keeps up"));
        }

        // At the newest block that two owners have; where they contradict each other, at the next one that one owner more has.
        ChainException? failure = null;
        foreach (uint pinned in owned.Skip(ChainOptions.Quorum - 1).Distinct())
        {
            ChainEndpoint[] asked = [.. heads.Where(head => head.Seqno >= pinned).Select(head => head.Endpoint)];
            (AccountState? state, ChainException? disagreement) = await TryAgreeAtAsync(address, pinned, asked, cancellation);
            if (state is not null)
            {
                return (state, null);
            }

            failure = disagreement;
        }

        return (null, failure);

        bool IsBehind(uint seqno) => seqno < seen || !IsWithin(seqno, foremost);
    }

    private async Task<(AccountState? State, ChainException? Failure)> TryAgreeAtAsync(
        TonAddress address, uint pinned, ChainEndpoint[] asked, CancellationToken cancellation)
    {
        (ChainEndpoint Endpoint, AccountState State)[] answers =
            await AskAllAsync(asked, (api, token) => api.GetAccountAsync(address, pinned, token), cancellation);

        // An answer about another block than the one asked for can't be compared.
        IGrouping<Fingerprint, (ChainEndpoint Endpoint, AccountState State)>[] opinions =
            [.. answers.Where(answer => answer.State.Seqno == pinned).GroupBy(answer => Fingerprint.Of(answer.State))];
        if (opinions.Length > 1)
        {
            LogContradiction(string.Join(", ", answers.Select(answer => answer.Endpoint.Name)), pinned);
        }

        AccountState[] agreed =
        [
            .. opinions
                .Where(opinion => opinion.Select(answer => answer.Endpoint.Owner).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= ChainOptions.Quorum)
                .Select(opinion => AgreedOf(opinion.Select(answer => answer.State))),
        ];

        // Two camps of enough owners each are no agreement.
        return agreed.Length == 1
            ? (agreed[0], null)
            : (null, new ChainException(ChainFailure.Disagreement, $"{opinions.Length} different answers about block {pinned}, none by {ChainOptions.Quorum} owners"));
    }

    /// <summary>The newest block of each owner, the newest first.</summary>
    private static uint[] OwnersHeads((ChainEndpoint Endpoint, uint Seqno)[] heads) =>
    [
        .. heads
            .GroupBy(head => head.Endpoint.Owner, StringComparer.OrdinalIgnoreCase)
            .Select(owner => owner.Max(head => head.Seqno))
            .OrderDescending(),
    ];

    /// <summary>The newest block that so many owners have reached: one that tells of a far later block leaves nobody behind.</summary>
    private static uint Foremost((ChainEndpoint Endpoint, uint Seqno)[] heads, int witnesses) => OwnersHeads(heads).ElementAtOrDefault(witnesses - 1);

    private bool IsWithin(uint seqno, uint foremost) => (long)foremost - seqno <= _options.MaxLagBlocks;

    /// <summary>
    /// States that are alike but for the clock, which no two endpoints need to tell alike: the middle one counts, the lower one of two, so that a liar alone moves nothing past its end.
    /// </summary>
    private static AccountState AgreedOf(IEnumerable<AccountState> alike)
    {
        AccountState[] byTime = [.. alike.OrderBy(state => state.Time)];
        return byTime[(byTime.Length - 1) / 2];
    }

    /// <summary>A page of a history from any endpoint that keeps it; never an empty one.</summary>
    private Task<IReadOnlyList<Transaction>> ReadPageAsync(TonAddress address, TransactionId newest, CancellationToken cancellation) => FirstAnswerAsync(
        async (api, token) => await api.GetTransactionsAsync(address, newest, Page, token) is { Count: > 0 } page
            ? page
            : throw new ChainException(ChainFailure.BadAnswer, $"getTransactions: transaction {newest.Lt} is missing"),
        cancellation);

    /// <summary>Answers of all endpoints that give one.</summary>
    private async Task<(ChainEndpoint Endpoint, T Answer)[]> AskAllAsync<T>(
        IReadOnlyList<ChainEndpoint> endpoints, Func<IChainApi, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        (ChainEndpoint Endpoint, T Answer)?[] answers = await Task.WhenAll(endpoints.Select(async endpoint =>
        {
            try
            {
                return ((ChainEndpoint, T)?)(endpoint, await endpoint.ReadAsync(read, cancellation));
            }
            catch (ChainException failed)
            {
                LogNoAnswer(endpoint.Name, failed.Failure, failed.Message);
                return null;
            }
        }));
        return [.. answers.OfType<(ChainEndpoint, T)>()];
    }

    /// <summary>The first answer that any endpoint gives, in their order.</summary>
    private async Task<T> FirstAnswerAsync<T>(Func<IChainApi, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        ChainException? failure = null;
        foreach (ChainEndpoint endpoint in _endpoints)
        {
            try
            {
                return await endpoint.ReadAsync(read, cancellation);
            }
            catch (ChainException failed)
            {
                LogNoAnswer(endpoint.Name, failed.Failure, failed.Message);
                failure = failed;
            }
        }

        throw failure!;
    }

    /// <summary>What must be the same for two answers to be one; code and data by the hashes of their cells (SHA-256 over all below).</summary>
    private readonly record struct Fingerprint(AccountStatus Status, Nano Balance, TransactionId? Last, Bits256? Code, Bits256? Data)
    {
        public static Fingerprint Of(AccountState state) => new(state.Status, state.Balance, state.LastTransaction, state.Code?.Hash, state.Data?.Hash);
    }
}
