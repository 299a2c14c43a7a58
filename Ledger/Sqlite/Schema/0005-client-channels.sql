-- Channels from clients to the operator. Addresses are in raw form, keys as 32 bytes. What the chain counts only grows, and so do the best voucher and what was captured.

CREATE TABLE client_channels (
    channel          TEXT    NOT NULL PRIMARY KEY,
    account_id       TEXT    NOT NULL REFERENCES accounts,
    receivable       TEXT    NOT NULL UNIQUE REFERENCES accounts,
    payer_address    TEXT    NOT NULL,
    payer_key        BLOB    NOT NULL CHECK (length(payer_key) = 32),
    payee_address    TEXT    NOT NULL,
    payee_key        BLOB    NOT NULL CHECK (length(payee_key) = 32),
    close_delay      INTEGER NOT NULL CHECK (close_delay > 0),
    salt             INTEGER NOT NULL,
    phase            TEXT    NOT NULL CHECK (phase IN ('unfunded', 'open', 'closing', 'closed')),
    deposited        INTEGER NOT NULL DEFAULT 0,
    claimed          INTEGER NOT NULL DEFAULT 0,
    withdrawn        INTEGER NOT NULL DEFAULT 0,
    pending_withdraw INTEGER NOT NULL DEFAULT 0 CHECK (pending_withdraw >= 0),
    unlock_time      INTEGER NOT NULL DEFAULT 0,
    seqno            INTEGER NOT NULL DEFAULT 0,
    last_lt          INTEGER NOT NULL DEFAULT 0,
    voucher_serial   INTEGER NOT NULL DEFAULT 0,
    voucher          INTEGER NOT NULL DEFAULT 0,
    voucher_bytes    BLOB,
    captured         INTEGER NOT NULL DEFAULT 0,
    held             INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    paid             INTEGER NOT NULL DEFAULT 0,
    owed_since       INTEGER,
    created_at       INTEGER NOT NULL,
    CHECK (claimed >= 0 AND withdrawn >= 0 AND claimed + withdrawn <= deposited),
    CHECK ((voucher = 0) = (voucher_bytes IS NULL))
) STRICT;

CREATE INDEX client_channels_by_account ON client_channels (account_id, created_at);

CREATE TRIGGER client_channels_grow BEFORE UPDATE ON client_channels
WHEN NEW.deposited < OLD.deposited OR NEW.claimed < OLD.claimed OR NEW.withdrawn < OLD.withdrawn OR NEW.seqno < OLD.seqno OR NEW.last_lt < OLD.last_lt
    OR NEW.voucher < OLD.voucher OR NEW.captured < OLD.captured OR NEW.paid < OLD.paid OR (OLD.phase = 'closed' AND NEW.phase <> 'closed')
BEGIN SELECT raise(ABORT, 'what a channel counts only grows'); END;
CREATE TRIGGER client_channels_keep_delete BEFORE DELETE ON client_channels BEGIN SELECT raise(ABORT, 'channels are kept'); END;

-- The newest vouchers, so that a charge can take the lowest one that covers what was used, and two of one serial are noticed. The best one stands at its channel.
CREATE TABLE client_vouchers (
    channel    TEXT    NOT NULL REFERENCES client_channels,
    serial     INTEGER NOT NULL CHECK (serial > 0),
    cumulative INTEGER NOT NULL CHECK (cumulative > 0),
    bytes      BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (channel, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_vouchers_by_amount ON client_vouchers (channel, cumulative);
CREATE TRIGGER client_vouchers_keep_update BEFORE UPDATE ON client_vouchers BEGIN SELECT raise(ABORT, 'vouchers are kept as they were signed'); END;

-- Two different vouchers of one serial: the payer's database was copied. Both are kept as proof.
CREATE TABLE voucher_forks (
    channel    TEXT    NOT NULL REFERENCES client_channels,
    serial     INTEGER NOT NULL,
    kept       BLOB    NOT NULL,
    other      BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (channel, serial, other)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER voucher_forks_keep_update BEFORE UPDATE ON voucher_forks BEGIN SELECT raise(ABORT, 'proofs are kept'); END;
CREATE TRIGGER voucher_forks_keep_delete BEFORE DELETE ON voucher_forks BEGIN SELECT raise(ABORT, 'proofs are kept'); END;

-- A hold is on the account's balance, or on a channel of its.
ALTER TABLE holds ADD COLUMN channel TEXT REFERENCES client_channels;
CREATE INDEX holds_open_by_channel ON holds (channel) WHERE state = 'open' AND channel IS NOT NULL;
