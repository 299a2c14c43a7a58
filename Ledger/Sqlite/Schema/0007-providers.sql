-- Where providers want to be paid, as they signed it. Addresses are in raw form, times in Unix milliseconds.

CREATE TABLE payout_orders (
    account_id TEXT    NOT NULL REFERENCES accounts,
    number     INTEGER NOT NULL CHECK (number > 0),
    address    TEXT    NOT NULL,
    threshold  INTEGER NOT NULL CHECK (threshold > 0),
    transfers  INTEGER NOT NULL CHECK (transfers IN (0, 1)),
    holds_from INTEGER NOT NULL,
    bytes      BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, number)
) STRICT;

CREATE TRIGGER payout_orders_keep_update BEFORE UPDATE ON payout_orders BEGIN SELECT raise(ABORT, 'orders are kept as they were signed'); END;
CREATE TRIGGER payout_orders_keep_delete BEFORE DELETE ON payout_orders BEGIN SELECT raise(ABORT, 'orders are kept as they were signed'); END;

CREATE INDEX channels_by_account ON channels (account_id);
CREATE INDEX vouchers_by_time ON vouchers (channel, created_at);

-- A book that was restored from a backup takes over the newest voucher that its signer remembers: then numbers in between are missing.
DROP TRIGGER vouchers_grow;
CREATE TRIGGER vouchers_grow BEFORE INSERT ON vouchers
WHEN NEW.serial <= (SELECT coalesce(max(serial), 0) FROM vouchers WHERE channel = NEW.channel)
    OR NEW.cumulative <= (SELECT coalesce(max(cumulative), 0) FROM vouchers WHERE channel = NEW.channel)
BEGIN SELECT raise(ABORT, 'a voucher follows the last one, and is above it'); END;
