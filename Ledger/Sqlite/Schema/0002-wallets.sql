-- Messages that wallets send, and what they mean in the books. Addresses are in raw form, logical times and query ids below 2^63, bags of cells as bytes.

-- What lies on the chain for us is owed to us by the outside world, so these accounts are below zero by it. What is in flight never is.
INSERT INTO accounts (account_id, class, label, created_at) VALUES
    ('chain-operator', 'treasury', 'coins in the operator''s wallets', 0),
    ('chain-channels', 'treasury', 'coins that the operator put into channels', 0),
    ('chain-fees', 'treasury', 'what the chain took for its work', 0),
    ('payouts-in-flight', 'grants', 'payouts that have not left yet', 0);
INSERT INTO payers (account_id, floor) VALUES
    ('chain-operator', -9223372036854775807), ('chain-channels', -9223372036854775807), ('chain-fees', -9223372036854775807), ('payouts-in-flight', 0);

-- How far a wallet's history is in the books. Each transaction moves the cursor from the one before it, so none counts twice.
CREATE TABLE wallets (
    wallet      TEXT    NOT NULL PRIMARY KEY,
    cursor_lt   INTEGER NOT NULL CHECK (cursor_lt >= 0),
    cursor_hash BLOB    NOT NULL CHECK (length(cursor_hash) = 32),
    balance     INTEGER NOT NULL CHECK (balance >= 0),
    opened_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE intents (
    sequence    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    intent_id   BLOB    NOT NULL UNIQUE CHECK (length(intent_id) = 16),
    query_id    INTEGER NOT NULL UNIQUE,
    wallet      TEXT    NOT NULL,
    destination TEXT    NOT NULL,
    value       INTEGER NOT NULL CHECK (value > 0),
    amount      INTEGER NOT NULL CHECK (amount BETWEEN 0 AND value),
    body        BLOB    NOT NULL,
    init        BLOB,
    purpose     TEXT    NOT NULL CHECK (purpose IN ('payout', 'topup', 'channelcall')),
    account_id  TEXT    REFERENCES accounts,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'signed', 'sent', 'delivered', 'bounced')),
    skips       INTEGER NOT NULL DEFAULT 0,
    sent_by     BLOB    CHECK (length(sent_by) = 32),
    message_lt  INTEGER,
    exit_code   INTEGER,
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    CHECK ((purpose = 'payout') = (account_id IS NOT NULL)),
    CHECK ((state IN ('waiting', 'signed')) = (message_lt IS NULL) AND (message_lt IS NULL) = (sent_by IS NULL))
) STRICT;

CREATE INDEX intents_open ON intents (wallet, state, sequence) WHERE state IN ('waiting', 'signed', 'sent', 'bounced');

-- What has left never waits again: that would send it twice.
CREATE TRIGGER intents_leave_once BEFORE UPDATE ON intents WHEN OLD.message_lt IS NOT NULL AND NEW.message_lt IS NOT OLD.message_lt
BEGIN SELECT raise(ABORT, 'a message that has left never leaves again'); END;
CREATE TRIGGER intents_keep_delete BEFORE DELETE ON intents BEGIN SELECT raise(ABORT, 'intents are kept'); END;

-- The key lets one body be signed for each counter and attempt, the index one body run at a time.
CREATE TABLE wallet_sends (
    wallet      TEXT    NOT NULL REFERENCES wallets,
    seqno       INTEGER NOT NULL CHECK (seqno >= 0),
    attempt     INTEGER NOT NULL CHECK (attempt > 0),
    valid_until INTEGER NOT NULL,
    body_hash   BLOB    NOT NULL CHECK (length(body_hash) = 32),
    message     BLOB    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'run', 'expired', 'foreign')),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (wallet, seqno, attempt)
) STRICT;

CREATE UNIQUE INDEX wallet_sends_open ON wallet_sends (wallet) WHERE state = 'open';
CREATE UNIQUE INDEX wallet_sends_run ON wallet_sends (wallet, seqno) WHERE state = 'run';
CREATE UNIQUE INDEX wallet_sends_by_body ON wallet_sends (wallet, body_hash);
CREATE TRIGGER wallet_sends_keep_bytes BEFORE UPDATE ON wallet_sends
WHEN NEW.message <> OLD.message OR NEW.body_hash <> OLD.body_hash OR NEW.valid_until <> OLD.valid_until OR OLD.state = 'run'
BEGIN SELECT raise(ABORT, 'signed bytes never change'); END;
CREATE TRIGGER wallet_sends_keep_delete BEFORE DELETE ON wallet_sends BEGIN SELECT raise(ABORT, 'signed bytes are kept'); END;

CREATE TABLE wallet_send_intents (
    wallet   TEXT    NOT NULL,
    seqno    INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    sequence INTEGER NOT NULL REFERENCES intents,
    PRIMARY KEY (wallet, seqno, attempt, position),
    FOREIGN KEY (wallet, seqno, attempt) REFERENCES wallet_sends
) STRICT;
