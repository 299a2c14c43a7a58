-- What clients send to the operator's wallet. Addresses are in raw form.

INSERT INTO accounts (account_id, class, label, created_at) VALUES ('suspense', 'grants', 'deposits of which nobody knows whose they are', 0);
INSERT INTO payers (account_id, floor) VALUES ('suspense', 0);

CREATE TABLE deposit_memos (
    memo       TEXT    NOT NULL PRIMARY KEY CHECK (length(memo) = 12),
    account_id TEXT    NOT NULL UNIQUE REFERENCES accounts,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER deposit_memos_keep_update BEFORE UPDATE ON deposit_memos BEGIN SELECT raise(ABORT, 'a memo is one account''s for ever'); END;
CREATE TRIGGER deposit_memos_keep_delete BEFORE DELETE ON deposit_memos BEGIN SELECT raise(ABORT, 'a memo is one account''s for ever'); END;

-- The key by which a deposit counts once is the wallet's transaction.
CREATE TABLE deposits (
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    wallet     TEXT    NOT NULL REFERENCES wallets,
    lt         INTEGER NOT NULL CHECK (lt > 0),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    source     TEXT    NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount > 0),
    comment    TEXT,
    account_id TEXT    REFERENCES accounts,
    state      TEXT    NOT NULL CHECK (state IN ('credited', 'suspense', 'assigned', 'refunded')),
    reason     TEXT    CHECK (reason IN ('nomemo', 'unknownmemo', 'encrypted', 'toosmall', 'abovecap', 'accountclosed')),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    UNIQUE (wallet, lt),
    CHECK ((state = 'suspense') = (ended_at IS NULL)),
    CHECK ((state = 'credited') = (reason IS NULL)),
    CHECK (state NOT IN ('credited') OR account_id IS NOT NULL)
) STRICT;

CREATE INDEX deposits_by_account ON deposits (account_id, sequence);
CREATE INDEX deposits_in_suspense ON deposits (sequence) WHERE state = 'suspense';

CREATE TRIGGER deposits_end_once BEFORE UPDATE ON deposits
WHEN OLD.state <> 'suspense' OR NEW.amount <> OLD.amount OR NEW.lt <> OLD.lt OR NEW.wallet <> OLD.wallet
BEGIN SELECT raise(ABORT, 'a deposit is settled once'); END;
CREATE TRIGGER deposits_keep_delete BEFORE DELETE ON deposits BEGIN SELECT raise(ABORT, 'deposits are kept'); END;
