-- Channels from the operator to providers. Addresses are in raw form, keys as 32 bytes.

CREATE TABLE channels (
    channel          TEXT    NOT NULL PRIMARY KEY,
    account_id       TEXT    NOT NULL REFERENCES accounts,
    wallet           TEXT    NOT NULL,
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
    created_at       INTEGER NOT NULL,
    CHECK (claimed >= 0 AND withdrawn >= 0 AND claimed + withdrawn <= deposited)
) STRICT;

CREATE UNIQUE INDEX channels_of_account ON channels (account_id) WHERE phase <> 'closed';

-- What the chain counts only grows.
CREATE TRIGGER channels_grow BEFORE UPDATE ON channels
WHEN NEW.deposited < OLD.deposited OR NEW.claimed < OLD.claimed OR NEW.withdrawn < OLD.withdrawn OR NEW.seqno < OLD.seqno OR NEW.last_lt < OLD.last_lt
    OR (OLD.phase = 'closed' AND NEW.phase <> 'closed')
BEGIN SELECT raise(ABORT, 'what a channel counts only grows'); END;
CREATE TRIGGER channels_keep_delete BEFORE DELETE ON channels BEGIN SELECT raise(ABORT, 'channels are kept'); END;

CREATE TABLE vouchers (
    channel       TEXT    NOT NULL REFERENCES channels,
    serial        INTEGER NOT NULL CHECK (serial > 0),
    cumulative    INTEGER NOT NULL CHECK (cumulative > 0),
    context       BLOB    NOT NULL CHECK (length(context) = 32),
    covered_up_to INTEGER NOT NULL,
    bytes         BLOB    NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (channel, serial)
) STRICT;

CREATE TRIGGER vouchers_grow BEFORE INSERT ON vouchers
WHEN NEW.serial <> (SELECT coalesce(max(serial), 0) + 1 FROM vouchers WHERE channel = NEW.channel)
    OR NEW.cumulative <= (SELECT coalesce(max(cumulative), 0) FROM vouchers WHERE channel = NEW.channel)
BEGIN SELECT raise(ABORT, 'a voucher follows the last one, and is above it'); END;
CREATE TRIGGER vouchers_keep_update BEFORE UPDATE ON vouchers BEGIN SELECT raise(ABORT, 'vouchers are kept as they were signed'); END;
CREATE TRIGGER vouchers_keep_delete BEFORE DELETE ON vouchers BEGIN SELECT raise(ABORT, 'vouchers are kept as they were signed'); END;
