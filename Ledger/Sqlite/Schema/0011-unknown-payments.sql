-- Messages that a wallet sent and for which the book has no intent: it is older than the wallet, or somebody else has the key. Each is explained once, or accepted
-- as lost by a person; until then the wallet signs nothing.

CREATE TABLE unknown_payments (
    wallet      TEXT    NOT NULL REFERENCES wallets,
    message_lt  INTEGER NOT NULL CHECK (message_lt > 0),
    lt          INTEGER NOT NULL CHECK (lt > 0),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    destination TEXT    NOT NULL,
    value       INTEGER NOT NULL CHECK (value >= 0),
    body_hash   BLOB    NOT NULL CHECK (length(body_hash) = 32),
    body        BLOB,
    query_id    INTEGER,
    returned    INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    state       TEXT    NOT NULL CHECK (state IN ('open', 'payout', 'refund', 'topup', 'channelcall', 'accepted')),
    account_id  TEXT    REFERENCES accounts,
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    PRIMARY KEY (wallet, message_lt),
    CHECK ((state = 'open') = (ended_at IS NULL))
) STRICT;

CREATE INDEX unknown_payments_open ON unknown_payments (wallet, message_lt) WHERE state = 'open';

CREATE TRIGGER unknown_payments_end_once BEFORE UPDATE ON unknown_payments
WHEN OLD.state <> 'open' OR NEW.value <> OLD.value OR NEW.destination <> OLD.destination OR NEW.message_lt <> OLD.message_lt OR NEW.wallet <> OLD.wallet
BEGIN SELECT raise(ABORT, 'a payment is explained once'); END;
CREATE TRIGGER unknown_payments_keep_delete BEFORE DELETE ON unknown_payments BEGIN SELECT raise(ABORT, 'payments are kept'); END;
