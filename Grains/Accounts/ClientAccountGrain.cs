using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Usage;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Market.Billing;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using LedgerStatus = CocoonOrleans.Ledger.Holds.CompletionStatus;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>A client account: shares commits between its jobs. All that it keeps is a cache, so a second activation can't overspend.</summary>
[Reentrant]
internal sealed partial class ClientAccountGrain(
    ILedger ledger,
    IClientChannelStore channelStore,
    IServiceProvider services,
    IOptions<AccountsOptions> options,
    IOptions<ClientChannelOptions> channels,
    TimeProvider clock,
    ILogger<ClientAccountGrain> logger) : Grain, IClientAccountGrain
{
    private const int MaxLabelLength = 100;
    private const int MaxUsageDays = 62;
    private const int MaxCachedHolds = 4096;
    private const int MaxCachedKeys = 256;
    private const int MaxCachedChannels = 16;

    private readonly LedgerCommits _commits = new(ledger.ExecuteAsync, options.Value.QueueLength);
    private readonly Dictionary<Guid, Hold> _openHolds = [];
    private readonly Dictionary<string, ClientChannel> _channels = [];
    private readonly Dictionary<string, (ApiKeyView Key, DateTimeOffset Until)> _keys = [];

    private string Id => this.GetPrimaryKeyString();

    public async Task<AccountView> CreateAsync(AccountCreation creation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(creation);
        ThrowIfNoLabel(creation.Label);
        if (!AccountId.IsValid(Id))
        {
            throw new ArgumentException($"'{Id}' can't be an account: an id is 1 to 64 letters, digits or '-'.", nameof(creation));
        }

        // Looked up first, whatever its class: the grant must not go to an account that is there already.
        if (await ledger.GetAccountAsync(Id, cancellationToken) is { } existing)
        {
            return ToView(existing) ?? throw new ArgumentException($"'{Id}' can't be a client's account: it is a {existing.Class} account.", nameof(creation));
        }

        var grant = new Nano(options.Value.DevelopmentGrantNano);
        List<LedgerOperation> operations = [new CreateAccount(Id, AccountClass.Client, creation.Label)];
        if (grant > Nano.Zero)
        {
            operations.Add(new Transfer(IdFor("fund"), WellKnownAccounts.Treasury, WellKnownAccounts.Grants, grant, "development funds"));
            operations.Add(new Transfer(IdFor("grant"), WellKnownAccounts.Grants, Id, grant, "development grant"));
        }

        IReadOnlyList<LedgerResult> results = await _commits.CommitAsync(operations, cancellationToken);
        if (results[0] is not AccountCreated)
        {
            throw new ArgumentException($"'{Id}' can't be a client's account: {results[0]}.", nameof(creation));
        }

        if (results[^1] is not (AccountCreated or Transferred))
        {
            LogNoGrant(Id, results[^1].ToString());
        }

        return await GetAsync(cancellationToken) ?? throw new InvalidOperationException($"Account {Id} was created and is not there.");
    }

    public async Task<AccountView?> GetAsync(CancellationToken cancellationToken) =>
        AccountId.IsValid(Id) && await ledger.GetAccountAsync(Id, cancellationToken) is { } account ? ToView(account) : null;

    public async Task<bool> AddKeyAsync(ApiKeyCreation creation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(creation);
        ThrowIfNoLabel(creation.Label);
        if (!IsKeyOfThis(creation.KeyId))
        {
            throw new ArgumentException("The key id must start with the account id.", nameof(creation));
        }

        if (creation.SecretSha256 is not { Length: LedgerLimits.HashLength })
        {
            throw new ArgumentException("The hash of the secret must have 32 bytes.", nameof(creation));
        }

        if (creation.LowestTrust is { } lowest && !KeyTrust.Names.Contains(lowest))
        {
            throw new ArgumentException("The lowest trust must be open, tdx or confidential, or none.", nameof(creation));
        }

        var trust = new KeyTrust(creation.LowestTrust, creation.MayLowerTrust);
        return await CommitAsync(new CreateApiKey(creation.KeyId, creation.SecretSha256, creation.Label) { Trust = trust }, cancellationToken) is ApiKeyCreated;
    }

    public async Task<bool> RevokeKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        if (!IsKeyOfThis(keyId))
        {
            return false;
        }

        LedgerResult result = await CommitAsync(new RevokeApiKey(keyId), cancellationToken);
        _keys.Remove(keyId);
        return result is ApiKeyRevoked;
    }

    public async Task<ApiKeyView?> FindKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        if (!IsKeyOfThis(keyId))
        {
            return null;
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (_keys.TryGetValue(keyId, out (ApiKeyView Key, DateTimeOffset Until) cached) && cached.Until > now)
        {
            return cached.Key;
        }

        if (await ledger.FindApiKeyAsync(keyId, cancellationToken) is not { } key)
        {
            return null;
        }

        if (_keys.Count >= MaxCachedKeys)
        {
            _keys.Clear();
        }

        var view = new ApiKeyView(key.KeyId, key.SecretHash.ToArray(), key.Label, key.CreatedAt, key.RevokedAt, key.Trust.Lowest, key.Trust.MayLower);
        _keys[keyId] = (view, now + options.Value.KeyCache);
        return view;
    }

    public async Task<IReadOnlyList<UsageDay>> GetUsageAsync(int days, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxUsageDays);
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        IReadOnlyList<UsageRow> rows = await ledger.GetUsageAsync(Id, today.AddDays(1 - days), today, UsagePeriod.Day, cancellationToken);
        return
        [
            .. rows
                .Where(row => row.Jobs > 0)
                .OrderByDescending(row => row.From)
                .Select(row => new UsageDay(row.From, row.Model, row.Jobs, row.PromptTokens, row.CompletionTokens, row.Amount)),
        ];
    }

    public async Task<JobStartResult> HoldAsync(Guid jobId, JobStart start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        Nano amount;
        try
        {
            // The book has no hold of nothing, and a model may be free.
            amount = Nano.Max(new Nano(1), start.Cap.Hold(start.PromptTokens, start.MaxCompletionTokens));
        }
        catch (OverflowException)
        {
            return Refused(JobStartStatus.Invalid, field: nameof(start.Cap));
        }

        LedgerResult result;
        try
        {
            ClientChannel? channel = null;
            SignedVoucher? voucher = null;
            if (start.Voucher is { } bytes)
            {
                (channel, voucher, string? fault) = await ReadVoucherAsync(bytes, cancellationToken);
                if (fault is not null)
                {
                    return Refused(JobStartStatus.VoucherRefused, field: fault);
                }
            }

            result = await CommitAsync(
                new PlaceHold
                {
                    JobId = jobId,
                    AccountId = Id,
                    ApiKeyId = start.ApiKeyId,
                    Amount = amount,
                    ExpiresAt = start.ExpiresAt,
                    RequestHash = start.RequestSha256,
                    Model = start.Model,
                    PromptTokens = start.PromptTokens,
                    MaxCompletionTokens = start.MaxCompletionTokens,
                    PriceCap = start.Cap,
                    Channel = channel?.Channel,
                    Voucher = voucher is null ? null : new ClientVoucher(checked((long)voucher.Voucher.Serial), voucher.Voucher.Cumulative, start.Voucher),
                    CreditWindow = channel is null ? Nano.Zero : new Nano(channels.Value.CreditWindowNano),
                },
                cancellationToken);
        }
        catch (LedgerUnavailableException error)
        {
            LogUnavailable(jobId, Id, error);
            return Refused(JobStartStatus.Unavailable);
        }

        if (result is HoldPlaced { Forked: true } or ChannelRefused { Forked: true })
        {
            LogForked(Id);
        }

        switch (result)
        {
            case HoldPlaced { Repeated: false } placed:
                Remember(placed.Hold);
                return new JobStartResult(JobStartStatus.Held, placed.Hold.Amount, Nano.Zero, null);
            case HoldPlaced repeated:
                Remember(repeated.Hold);
                return new JobStartResult(JobStartStatus.Repeated, repeated.Hold.Amount, Nano.Zero, repeated.Hold.ToView());
            case InsufficientBalance insufficient:
                return Refused(JobStartStatus.InsufficientBalance, insufficient.Shortfall);
            case ChannelRefused refused:
                return Refused(refused);
            case IdReused:
                return Refused(JobStartStatus.RequestDiffers);
            case ApiKeyRefused:
                return Refused(JobStartStatus.KeyRefused);
            case AccountRefused { Reason: AccountRefusal.Closed }:
                return Refused(JobStartStatus.AccountClosed);
            case AccountRefused:
                return Refused(JobStartStatus.UnknownAccount);
            case OperationInvalid invalid:
                return Refused(JobStartStatus.Invalid, field: invalid.Field);
            default:
                throw new InvalidOperationException($"A hold can't lead to {result}.");
        }
    }

    public async Task<JobCompletionResult> CaptureAsync(Guid jobId, JobCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        try
        {
            return await TryCaptureAsync(jobId, completion, cancellationToken);
        }
        catch (LedgerUnavailableException error)
        {
            LogUnavailable(jobId, Id, error);
            return NotCaptured(JobCompletionStatus.Unavailable);
        }
    }

    public async Task<JobView?> ReleaseAsync(Guid jobId, string reason, CancellationToken cancellationToken)
    {
        if (await FindHoldAsync(jobId, cancellationToken) is not { } hold || hold.AccountId != Id)
        {
            return null;
        }

        LedgerResult result = await CommitAsync(new ReleaseHold(jobId, reason), cancellationToken);
        _openHolds.Remove(jobId);
        return result switch
        {
            HoldReleased released => released.Hold.ToView(),
            AlreadyCaptured captured => captured.Hold.ToView(),
            OperationInvalid invalid => throw new ArgumentException(invalid.Reason, invalid.Field),
            _ => throw new InvalidOperationException($"A release can't lead to {result}."),
        };
    }

    public async Task<JobView?> GetJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        await ledger.GetHoldAsync(jobId, cancellationToken) is { } hold && hold.AccountId == Id ? hold.ToView() : null;

    private async Task<JobCompletionResult> TryCaptureAsync(Guid jobId, JobCompletion completion, CancellationToken cancellationToken)
    {
        if (await FindHoldAsync(jobId, cancellationToken) is not { } hold)
        {
            return NotCaptured(JobCompletionStatus.UnknownJob);
        }

        if (hold.AccountId != Id)
        {
            return NotCaptured(JobCompletionStatus.Invalid, nameof(completion.AccountId));
        }

        if (!completion.Price.IsWithin(hold.PriceCap))
        {
            return NotCaptured(JobCompletionStatus.Invalid, nameof(completion.Price));
        }

        TokenUsage billable = CaptureRule.Billable(
            completion.Reported with { Completion = Math.Min(completion.Reported.Completion, hold.MaxCompletionTokens) },
            Math.Min(completion.CountedPromptTokens, hold.PromptTokens),
            completion.CountedCompletionTokens);
        if (completion.Status != Jobs.CompletionStatus.Complete && billable.Completion == 0)
        {
            // Nothing was delivered: that costs nothing, the prompt included.
            billable = default;
        }

        var capture = new CaptureHold
        {
            JobId = jobId,
            ProviderAccountId = completion.ProviderId,
            WorkerId = completion.WorkerId,
            Prices = completion.Price,
            Usage = billable,
            Amount = CaptureRule.Amount(hold.Amount, completion.Price, billable),
            CommissionBasisPoints = options.Value.CommissionBasisPoints,
            Status = completion.Status switch
            {
                Jobs.CompletionStatus.Complete => LedgerStatus.Complete,
                Jobs.CompletionStatus.Cancelled => LedgerStatus.Cancelled,
                _ => LedgerStatus.Failed,
            },

            // Without its type the null would be a null array, which becomes the hash of no bytes.
            ReportHash = completion.ReceiptSha256 is { } report ? new ReadOnlyMemory<byte>(report) : (ReadOnlyMemory<byte>?)null,
        };

        LedgerResult result = await CommitAsync(capture, cancellationToken);
        if (result is AccountRefused { Reason: AccountRefusal.Unknown })
        {
            // A provider's account comes into being with its first job.
            IReadOnlyList<LedgerResult> results = await _commits.CommitAsync(
                [new CreateAccount(completion.ProviderId, AccountClass.Provider, ""), capture], cancellationToken);
            result = results[^1];
        }

        _openHolds.Remove(jobId);
        switch (result)
        {
            case HoldCaptured { Hold.Capture: { } done }:
                return new JobCompletionResult(JobCompletionStatus.Captured, done.Amount, done.ProviderAmount, done.Commission);
            case CaptureTooLate:
                LogLate(jobId, Id);
                return NotCaptured(JobCompletionStatus.Late);
            case UnknownJob:
                return NotCaptured(JobCompletionStatus.UnknownJob);
            case AccountRefused:
                return NotCaptured(JobCompletionStatus.Invalid, nameof(completion.ProviderId));
            case OperationInvalid invalid:
                return NotCaptured(JobCompletionStatus.Invalid, invalid.Field);
            default:
                throw new InvalidOperationException($"A capture can't lead to {result}.");
        }
    }

    private static AccountView? ToView(Account account) => account.Class == AccountClass.Client
        ? new AccountView(account.AccountId, account.Label, account.Balance, account.Held, account.CreatedAt, account.ClosedAt is not null)
        : null;

    private static JobStartResult Refused(JobStartStatus status, Nano shortfall = default, string? field = null) =>
        new(status, Nano.Zero, shortfall, null, field);

    private static JobStartResult Refused(ChannelRefused refused) => new(
        refused.Reason switch
        {
            ChannelRefusal.NotOpen => JobStartStatus.ChannelNotOpen,
            ChannelRefusal.VoucherTooLow => JobStartStatus.VoucherTooLow,
            ChannelRefusal.DepositTooLow => JobStartStatus.DepositTooLow,
            _ => JobStartStatus.VoucherRefused,
        },
        Nano.Zero,
        refused.Shortfall,
        null,
        refused.Reason == ChannelRefusal.Unknown ? "channel" : null,
        refused.Channel?.ToView());

    private static JobCompletionResult NotCaptured(JobCompletionStatus status, string? field = null) =>
        new(status, Nano.Zero, Nano.Zero, Nano.Zero, field);

    private static void ThrowIfNoLabel(string? label)
    {
        ArgumentNullException.ThrowIfNull(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(label.Length, MaxLabelLength, nameof(label));
    }

    /// <summary>
    /// Reads a voucher and checks that it is of a channel of this account and signed by its payer. The ledger judges what it is worth.
    /// </summary>
    /// <returns>Channel and voucher, or the field that is wrong.</returns>
    private async ValueTask<(ClientChannel? Channel, SignedVoucher? Voucher, string? Fault)> ReadVoucherAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        SignedVoucher voucher;
        try
        {
            voucher = SignedVoucher.Parse(bytes);
        }
        catch (TonFormatException malformed)
        {
            return (null, null, malformed.Field);
        }

        if (services.GetService<IVoucherSigner>()?.Network != voucher.Voucher.Network)
        {
            return (null, null, "voucher.network");
        }

        if (voucher.Voucher is { Serial: 0 or > long.MaxValue } or { Cumulative.Value: <= 0 or > LedgerLimits.MaxPromise })
        {
            return (null, null, "voucher.cumulative");
        }

        string address = voucher.Voucher.Channel.ToString();
        if (!_channels.TryGetValue(address, out ClientChannel? channel))
        {
            channel = await channelStore.FindClientChannelAsync(address, cancellationToken);
            if (channel is null || channel.AccountId != Id)
            {
                return (null, null, "voucher.channel");
            }

            // Of these, only what never changes is used.
            if (_channels.Count >= MaxCachedChannels)
            {
                _channels.Clear();
            }

            _channels[address] = channel;
        }

        return voucher.IsSignedBy(new PublicKey(new Bits256(channel.PayerKey.Span))) ? (channel, voucher, null) : (null, null, "voucher.signature");
    }

    private async Task<LedgerResult> CommitAsync(LedgerOperation operation, CancellationToken cancellationToken) =>
        (await _commits.CommitAsync([operation], cancellationToken))[0];

    private bool IsKeyOfThis(string? keyId) =>
        ApiKey.IsKeyId(keyId) && keyId!.Length > Id.Length && keyId[Id.Length] == '.' && keyId.StartsWith(Id, StringComparison.Ordinal);

    /// <summary>What of a hold never changes is known from its placing; the ledger is asked only where another activation placed it.</summary>
    private async ValueTask<Hold?> FindHoldAsync(Guid jobId, CancellationToken cancellationToken) =>
        _openHolds.TryGetValue(jobId, out Hold? hold) ? hold : await ledger.GetHoldAsync(jobId, cancellationToken);

    private void Remember(Hold hold)
    {
        if (hold.State == HoldState.Open && _openHolds.Count < MaxCachedHolds)
        {
            _openHolds[hold.JobId] = hold;
        }
    }

    /// <summary>An id that the same account always gets, so that a repeated creation moves money once.</summary>
    private Guid IdFor(string purpose) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"cocoon:{purpose}:{Id}")).AsSpan(0, 16), bigEndian: true);
}
