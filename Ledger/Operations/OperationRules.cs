using System.Buffers;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>The bounds of an operation's values, the same for every database.</summary>
internal static class OperationRules
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether all bounds hold.</summary>
    public static bool Holds(LedgerOperation operation) => Check(operation) is null;

    /// <summary>The first broken bound; null where all hold.</summary>
    public static OperationInvalid? Check(LedgerOperation operation) => operation switch
    {
        PlaceHold hold => Id(hold.JobId, nameof(hold.JobId))
            ?? Account(hold.AccountId, nameof(hold.AccountId))
            ?? (hold.ApiKeyId is { } key ? Key(key, nameof(hold.ApiKeyId)) : null)
            ?? AboveZero(hold.Amount, nameof(hold.Amount))
            ?? Hash(hold.RequestHash, nameof(hold.RequestHash))
            ?? Text(hold.Model, nameof(hold.Model))
            ?? Tokens(hold.PromptTokens, nameof(hold.PromptTokens))
            ?? Tokens(hold.MaxCompletionTokens, nameof(hold.MaxCompletionTokens))
            ?? Prices(hold.PriceCap, nameof(hold.PriceCap))
            ?? (hold.Channel is { } channel ? Address(channel, nameof(hold.Channel)) : null)
            ?? Demand(hold.Voucher is null || hold.Channel is not null, nameof(hold.Voucher), "must be absent where no channel pays")
            ?? Demand(hold.CreditWindow >= Nano.Zero, nameof(hold.CreditWindow), "must not be negative")
            ?? (hold.Voucher is { } voucher
                ? Demand(
                    voucher.Serial > 0 && voucher.Cumulative > Nano.Zero && voucher.Cumulative.Value <= LedgerLimits.MaxPromise
                        && voucher.Bytes.Length is > 0 and <= LedgerLimits.MaxVoucherLength,
                    nameof(hold.Voucher),
                    "must have a serial and an amount above zero, within bounds, and 1 to 256 bytes")
                : null),
        CaptureHold capture => Id(capture.JobId, nameof(capture.JobId))
            ?? Account(capture.ProviderAccountId, nameof(capture.ProviderAccountId))
            ?? Text(capture.WorkerId, nameof(capture.WorkerId))
            ?? Prices(capture.Prices, nameof(capture.Prices))
            ?? Usage(capture.Usage, nameof(capture.Usage))
            ?? Demand(capture.Amount.Value >= 0, nameof(capture.Amount), "must not be negative")
            ?? Demand(capture.CommissionBasisPoints is >= 0 and <= LedgerLimits.BasisPoints, nameof(capture.CommissionBasisPoints), "must be 0 to 10000")
            ?? Demand(Enum.IsDefined(capture.Status), nameof(capture.Status), "must be one of the known ones")
            ?? (capture.ReportHash is { } report ? Hash(report, nameof(capture.ReportHash)) : null),
        ReleaseHold release => Id(release.JobId, nameof(release.JobId)) ?? Text(release.Reason, nameof(release.Reason)),
        Transfer transfer => Id(transfer.TransactionId, nameof(transfer.TransactionId))
            ?? Account(transfer.From, nameof(transfer.From))
            ?? Account(transfer.To, nameof(transfer.To))
            ?? Demand(transfer.From != transfer.To, nameof(transfer.To), "must be another account than From")
            ?? AboveZero(transfer.Amount, nameof(transfer.Amount))
            ?? Text(transfer.Reason, nameof(transfer.Reason)),
        CreateAccount create => Account(create.AccountId, nameof(create.AccountId))
            ?? Demand(create.Class is AccountClass.Client or AccountClass.Provider, nameof(create.Class), "must be Client or Provider")
            ?? Label(create.Label, nameof(create.Label)),
        CloseAccount close => Account(close.AccountId, nameof(close.AccountId)),
        CreateApiKey create => Key(create.KeyId, nameof(create.KeyId))
            ?? Hash(create.SecretHash, nameof(create.SecretHash))
            ?? Label(create.Label, nameof(create.Label))
            ?? Demand(create.Trust.Lowest is null || KeyTrust.Names.Contains(create.Trust.Lowest), nameof(create.Trust), "must be a known tier, or none"),
        PlaceIntent intent => Id(intent.IntentId, nameof(intent.IntentId))
            ?? Address(intent.Wallet, nameof(intent.Wallet))
            ?? Address(intent.Destination, nameof(intent.Destination))
            ?? AboveZero(intent.Value, nameof(intent.Value))
            ?? Demand(intent.Amount >= Nano.Zero && intent.Amount <= intent.Value, nameof(intent.Amount), "must be 0 to Value")
            ?? Demand(Enum.IsDefined(intent.Purpose), nameof(intent.Purpose), "must be one of the known ones")
            ?? Demand(
                intent.Purpose == IntentPurpose.Payout ? intent.Amount == intent.Value : intent.Purpose != IntentPurpose.ChannelCall || intent.Amount == Nano.Zero,
                nameof(intent.Amount),
                "must be all of a payout's Value, and nothing of a channel call's")
            ?? Demand((intent.Purpose == IntentPurpose.Payout) == (intent.AccountId is not null), nameof(intent.AccountId), "must be set for a payout, and for nothing else")
            ?? (intent.AccountId is { } provider ? Account(provider, nameof(intent.AccountId)) : null)
            ?? Bag(intent.Body, nameof(intent.Body))
            ?? (intent.Init is { } init ? Bag(init, nameof(intent.Init)) : null),
        CreateDepositMemo create => Account(create.AccountId, nameof(create.AccountId))
            ?? Demand(DepositMemo.Find(create.Memo) == create.Memo, nameof(create.Memo), "must be a memo as they are made"),
        AssignDeposit assign => Demand(assign.Sequence > 0, nameof(assign.Sequence), "must be above zero") ?? Account(assign.AccountId, nameof(assign.AccountId)),
        RefundDeposit refund => Demand(refund.Sequence > 0, nameof(refund.Sequence), "must be above zero")
            ?? Address(refund.Destination, nameof(refund.Destination))
            ?? Bag(refund.Body, nameof(refund.Body)),
        RevokeApiKey revoke => Key(revoke.KeyId, nameof(revoke.KeyId)),
        _ => throw new ArgumentException($"The ledger knows no operation {operation.GetType().Name}.", nameof(operation)),
    };

    private static OperationInvalid? Demand(bool holds, string field, string reason) => holds ? null : new OperationInvalid(field, reason);

    private static OperationInvalid? Id(Guid id, string field) => Demand(id != Guid.Empty, field, "must not be the empty id");

    private static OperationInvalid? Account(string id, string field) =>
        Demand(AccountId.IsValid(id), field, "must be 1 to 64 letters, digits or '-'");

    private static OperationInvalid? Key(string id, string field) => Demand(ApiKey.IsKeyId(id), field, "must be the public part of an API key");

    private static OperationInvalid? Address(string address, string field) =>
        Demand(address is { Length: 66 } && address.StartsWith("0:", StringComparison.Ordinal) && address.AsSpan(2).IndexOfAnyExcept(Hex) < 0, field, "must be an address in raw form");

    private static OperationInvalid? Bag(ReadOnlyMemory<byte> bag, string field) =>
        Demand(bag.Length is > 0 and <= LedgerLimits.MaxMessageLength, field, "must be 1 to 8192 bytes");

    private static OperationInvalid? AboveZero(Nano amount, string field) => Demand(amount.Value > 0, field, "must be above zero");

    private static OperationInvalid? Hash(ReadOnlyMemory<byte> hash, string field) =>
        Demand(hash.Length == LedgerLimits.HashLength, field, "must be 32 bytes");

    private static OperationInvalid? Text(string text, string field) =>
        Demand(text is { Length: > 0 and <= LedgerLimits.MaxTextLength }, field, "must be 1 to 256 characters");

    private static OperationInvalid? Label(string text, string field) =>
        Demand(text is { Length: <= LedgerLimits.MaxTextLength }, field, "must be at most 256 characters");

    private static OperationInvalid? Tokens(long count, string field) =>
        Demand(count is >= 0 and <= LedgerLimits.MaxTokens, field, "must be 0 to 1000000000 tokens");

    private static OperationInvalid? Usage(TokenUsage usage, string field) =>
        Demand(
            usage.IsValid && usage.Prompt <= LedgerLimits.MaxTokens && usage.Completion <= LedgerLimits.MaxTokens,
            field,
            "must count 0 to 1000000000 tokens of each class, each part within its whole");

    private static OperationInvalid? Prices(TokenPrices prices, string field) => Demand(prices.IsValid, field, "must hold no negative price");
}
