using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Opens and closes accounts, makes and revokes API keys.</summary>
internal sealed class AccountWriter(SqlStatements statements)
{
    private readonly SqlStatement _class = statements.Prepare("SELECT class, closed_at FROM accounts WHERE account_id = $account");
    private readonly SqlStatement _read = statements.Prepare(Rows.SelectAccount + " WHERE a.account_id = $account");

    private readonly SqlStatement _create = statements.Prepare(
        "INSERT INTO accounts (account_id, class, label, created_at) VALUES ($account, $class, $label, $now) ON CONFLICT DO NOTHING");

    private readonly SqlStatement _createPayer = statements.Prepare("INSERT INTO payers (account_id) VALUES ($account)");

    private readonly SqlStatement _close = statements.Prepare(
        "UPDATE accounts SET closed_at = $now WHERE account_id = $account AND closed_at IS NULL");

    private readonly SqlStatement _readKey = statements.Prepare(Rows.SelectApiKey + " WHERE key_id = $key");

    private readonly SqlStatement _createKey = statements.Prepare(
        """
        INSERT INTO api_keys (key_id, account_id, secret_hash, label, created_at, lowest_trust, may_lower_trust)
        VALUES ($key, $account, $hash, $label, $now, $lowest, $lower)
        """);

    private readonly SqlStatement _revokeKey = statements.Prepare(
        "UPDATE api_keys SET revoked_at = $now WHERE key_id = $key AND revoked_at IS NULL");

    /// <summary>Why an account can't take part; null where it exists, is of one of the classes, and is open or need not be.</summary>
    public AccountRefused? Refuse(string account, bool mayBeClosed, params ReadOnlySpan<AccountClass> classes)
    {
        using DbDataReader row = _class.Query(("$account", account));
        return !row.Read() ? new AccountRefused(account, AccountRefusal.Unknown)
            : !classes.Contains(row.Enum<AccountClass>(0)) ? new AccountRefused(account, AccountRefusal.WrongClass)
            : !mayBeClosed && !row.IsDBNull(1) ? new AccountRefused(account, AccountRefusal.Closed)
            : null;
    }

    /// <summary>Why a key can't be used for an account; null where it can.</summary>
    public ApiKeyRefused? Refuse(string keyId, string account) =>
        ReadKey(keyId) is not { } key || key.AccountId != account ? new ApiKeyRefused(keyId, Revoked: false)
        : key.RevokedAt is not null ? new ApiKeyRefused(keyId, Revoked: true)
        : null;

    public LedgerResult Create(CreateAccount operation, DateTimeOffset now)
    {
        bool created = _create.Run(
            ("$account", operation.AccountId),
            ("$class", Values.Name(operation.Class)),
            ("$label", operation.Label),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;
        if (created && operation.Class == AccountClass.Client)
        {
            _createPayer.Run(("$account", operation.AccountId));
        }

        Account account = Read(operation.AccountId);
        return account.Class == operation.Class ? new AccountCreated(account, !created) : new IdReused();
    }

    public LedgerResult Close(CloseAccount operation, DateTimeOffset now)
    {
        if (Refuse(operation.AccountId, mayBeClosed: true, AccountClass.Client, AccountClass.Provider) is { } refused)
        {
            return refused;
        }

        bool closed = _close.Run(("$account", operation.AccountId), ("$now", now.ToUnixTimeMilliseconds())) == 1;
        return new AccountClosed(Read(operation.AccountId), !closed);
    }

    public LedgerResult CreateKey(CreateApiKey operation, DateTimeOffset now)
    {
        string account = operation.KeyId[..operation.KeyId.IndexOf('.', StringComparison.Ordinal)];
        if (ReadKey(operation.KeyId) is { } existing)
        {
            return existing.SecretHash.Span.SequenceEqual(operation.SecretHash.Span) && existing.Trust == operation.Trust ? new ApiKeyCreated(existing, Repeated: true) : new IdReused();
        }

        if (Refuse(account, mayBeClosed: false, AccountClass.Client) is { } refused)
        {
            return refused;
        }

        _createKey.Run(
            ("$key", operation.KeyId),
            ("$account", account),
            ("$hash", operation.SecretHash.ToArray()),
            ("$label", operation.Label),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$lowest", operation.Trust.Lowest),
            ("$lower", operation.Trust.MayLower ? 1 : 0));
        return new ApiKeyCreated(ReadKey(operation.KeyId)!, Repeated: false);
    }

    public LedgerResult RevokeKey(RevokeApiKey operation, DateTimeOffset now)
    {
        bool revoked = _revokeKey.Run(("$key", operation.KeyId), ("$now", now.ToUnixTimeMilliseconds())) == 1;
        return ReadKey(operation.KeyId) is { } key ? new ApiKeyRevoked(key, !revoked) : new ApiKeyRefused(operation.KeyId, Revoked: false);
    }

    private Account Read(string account) => Rows.One(_read.Query(("$account", account)), Rows.Account)!;

    private StoredApiKey? ReadKey(string keyId) => Rows.One(_readKey.Query(("$key", keyId)), Rows.ApiKey);
}
