-- Times are milliseconds since 1970-01-01 UTC, amounts nano, ids of jobs and transactions UUIDs as 16 bytes, big-endian.

CREATE TABLE accounts (
    account_id TEXT    NOT NULL PRIMARY KEY,
    class      TEXT    NOT NULL CHECK (class IN ('client', 'provider', 'commission', 'grants', 'treasury')),
    label      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at  INTEGER
) STRICT;

-- Only who pays has a row here. Providers and the commission are the sums of their entries: nobody contends for a shared row.
-- The treasury's floor bounds all money there is to 64 bits, so that no credit can overflow.
CREATE TABLE payers (
    account_id TEXT    NOT NULL PRIMARY KEY REFERENCES accounts,
    balance    INTEGER NOT NULL DEFAULT 0,
    held       INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    floor      INTEGER NOT NULL DEFAULT 0 CHECK (floor IN (0, -9223372036854775807)),
    CHECK (balance - held >= floor)
) STRICT;

CREATE TABLE api_keys (
    key_id      TEXT    NOT NULL PRIMARY KEY,
    account_id  TEXT    NOT NULL REFERENCES accounts,
    secret_hash BLOB    NOT NULL CHECK (length(secret_hash) = 32),
    label       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;

CREATE TABLE transactions (
    transaction_id BLOB    NOT NULL PRIMARY KEY CHECK (length(transaction_id) = 16),
    kind           TEXT    NOT NULL CHECK (kind IN ('capture', 'transfer')),
    reason         TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE entries (
    entry_id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    transaction_id BLOB    NOT NULL REFERENCES transactions DEFERRABLE INITIALLY DEFERRED,
    account_id     TEXT    NOT NULL REFERENCES accounts,
    amount         INTEGER NOT NULL CHECK (amount <> 0)
) STRICT;

CREATE INDEX entries_by_transaction ON entries (transaction_id);
CREATE INDEX entries_by_account ON entries (account_id, entry_id, amount);

-- The legs come first; the transaction's row seals them, if they sum to zero.
CREATE TRIGGER transactions_balance BEFORE INSERT ON transactions
WHEN (SELECT coalesce(sum(amount), 0) FROM entries WHERE transaction_id = NEW.transaction_id) <> 0
BEGIN SELECT raise(ABORT, 'the legs of a transaction do not sum to zero'); END;

CREATE TRIGGER entries_sealed BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM transactions WHERE transaction_id = NEW.transaction_id)
BEGIN SELECT raise(ABORT, 'a sealed transaction takes no more legs'); END;

CREATE TRIGGER transactions_keep_update BEFORE UPDATE ON transactions BEGIN SELECT raise(ABORT, 'transactions are append-only'); END;
CREATE TRIGGER transactions_keep_delete BEFORE DELETE ON transactions BEGIN SELECT raise(ABORT, 'transactions are append-only'); END;
CREATE TRIGGER entries_keep_update BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_keep_delete BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'entries are append-only'); END;

CREATE TABLE holds (
    job_id                BLOB    NOT NULL PRIMARY KEY CHECK (length(job_id) = 16),
    account_id            TEXT    NOT NULL REFERENCES accounts,
    api_key_id            TEXT    REFERENCES api_keys,
    amount                INTEGER NOT NULL CHECK (amount > 0),
    state                 TEXT    NOT NULL CHECK (state IN ('open', 'captured', 'released')),
    request_hash          BLOB    NOT NULL CHECK (length(request_hash) = 32),
    model                 TEXT    NOT NULL,
    prompt_tokens         INTEGER NOT NULL,
    max_completion_tokens INTEGER NOT NULL,
    cap_prompt            INTEGER NOT NULL,
    cap_cached            INTEGER NOT NULL,
    cap_completion        INTEGER NOT NULL,
    cap_request           INTEGER NOT NULL,
    shard                 INTEGER NOT NULL CHECK (shard BETWEEN 0 AND 255),
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    released_at           INTEGER,
    release_reason        TEXT,
    CHECK ((state = 'released') = (released_at IS NOT NULL) AND (released_at IS NULL) = (release_reason IS NULL))
) STRICT;

CREATE INDEX holds_open_by_expiry ON holds (expires_at, shard) WHERE state = 'open';

CREATE TRIGGER holds_settle_once BEFORE UPDATE ON holds WHEN OLD.state <> 'open'
BEGIN SELECT raise(ABORT, 'a settled hold never changes'); END;
CREATE TRIGGER holds_keep_delete BEFORE DELETE ON holds BEGIN SELECT raise(ABORT, 'holds are kept'); END;

-- The key makes a second capture of a job impossible.
CREATE TABLE captures (
    job_id              BLOB    NOT NULL PRIMARY KEY REFERENCES holds,
    amount              INTEGER NOT NULL CHECK (amount >= 0),
    provider_amount     INTEGER NOT NULL CHECK (provider_amount >= 0),
    commission          INTEGER NOT NULL CHECK (commission >= 0),
    provider_account_id TEXT    NOT NULL REFERENCES accounts,
    worker_id           TEXT    NOT NULL,
    price_prompt        INTEGER NOT NULL,
    price_cached        INTEGER NOT NULL,
    price_completion    INTEGER NOT NULL,
    price_request       INTEGER NOT NULL,
    prompt_tokens       INTEGER NOT NULL,
    cached_tokens       INTEGER NOT NULL,
    completion_tokens   INTEGER NOT NULL,
    reasoning_tokens    INTEGER NOT NULL,
    status              TEXT    NOT NULL,
    report_hash         BLOB    CHECK (length(report_hash) = 32),
    captured_at         INTEGER NOT NULL,
    CHECK (provider_amount = amount - commission)
) STRICT;

CREATE TRIGGER captures_keep_update BEFORE UPDATE ON captures BEGIN SELECT raise(ABORT, 'captures are append-only'); END;
CREATE TRIGGER captures_keep_delete BEFORE DELETE ON captures BEGIN SELECT raise(ABORT, 'captures are append-only'); END;

CREATE TABLE late_completions (
    late_id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id              BLOB    NOT NULL REFERENCES holds,
    provider_account_id TEXT    NOT NULL REFERENCES accounts,
    worker_id           TEXT    NOT NULL,
    unpaid_amount       INTEGER NOT NULL,
    prompt_tokens       INTEGER NOT NULL,
    cached_tokens       INTEGER NOT NULL,
    completion_tokens   INTEGER NOT NULL,
    reasoning_tokens    INTEGER NOT NULL,
    status              TEXT    NOT NULL,
    report_hash         BLOB    CHECK (length(report_hash) = 32),
    recorded_at         INTEGER NOT NULL,
    UNIQUE (job_id, worker_id)
) STRICT;

CREATE INDEX late_completions_by_provider ON late_completions (provider_account_id, late_id);

-- What became of jobs, written in the transaction that did it, until the drain adds it to the daily sums.
CREATE TABLE outbox (
    sequence            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind                TEXT    NOT NULL CHECK (kind IN ('captured', 'released', 'late')),
    job_id              BLOB    NOT NULL REFERENCES holds,
    day                 INTEGER NOT NULL,
    model               TEXT    NOT NULL,
    client_account_id   TEXT    NOT NULL,
    provider_account_id TEXT,
    prompt_tokens       INTEGER NOT NULL,
    cached_tokens       INTEGER NOT NULL,
    completion_tokens   INTEGER NOT NULL,
    charged             INTEGER NOT NULL,
    earned              INTEGER NOT NULL
) STRICT;

-- day: days since 0001-01-01, as DateOnly.DayNumber.
CREATE TABLE usage_days (
    account_id        TEXT    NOT NULL REFERENCES accounts,
    day               INTEGER NOT NULL,
    model             TEXT    NOT NULL,
    jobs              INTEGER NOT NULL,
    released_jobs     INTEGER NOT NULL,
    late_jobs         INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    amount            INTEGER NOT NULL,
    PRIMARY KEY (account_id, day, model)
) STRICT, WITHOUT ROWID;

-- The outbox as it will be added: a client's side and a provider's side of each event.
CREATE VIEW outbox_usage AS
SELECT sequence, client_account_id AS account_id, day, model,
       kind = 'captured' AS jobs, kind = 'released' AS released_jobs, 0 AS late_jobs,
       prompt_tokens, cached_tokens, completion_tokens, charged AS amount
FROM outbox WHERE kind <> 'late'
UNION ALL
SELECT sequence, provider_account_id, day, model,
       kind = 'captured', 0, kind = 'late',
       prompt_tokens, cached_tokens, completion_tokens, earned
FROM outbox WHERE kind <> 'released';

INSERT INTO accounts (account_id, class, label, created_at)
VALUES ('treasury', 'treasury', '', 0), ('grants', 'grants', '', 0), ('commission', 'commission', '', 0);
INSERT INTO payers (account_id, floor) VALUES ('treasury', -9223372036854775807), ('grants', 0);
