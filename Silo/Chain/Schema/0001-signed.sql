-- What the operator's voucher key has signed. Channels are in raw form, amounts nano, days since 0001-01-01 UTC.

CREATE TABLE signed (
    channel       TEXT    NOT NULL PRIMARY KEY,
    serial        INTEGER NOT NULL CHECK (serial > 0),
    cumulative    INTEGER NOT NULL CHECK (cumulative > 0),
    covered_up_to INTEGER NOT NULL,
    bytes         BLOB    NOT NULL
) STRICT;

CREATE TRIGGER signed_grows BEFORE UPDATE ON signed WHEN NEW.serial <= OLD.serial OR NEW.cumulative <= OLD.cumulative
BEGIN SELECT raise(ABORT, 'what was signed only grows'); END;
CREATE TRIGGER signed_is_kept BEFORE DELETE ON signed BEGIN SELECT raise(ABORT, 'what was signed is remembered'); END;

CREATE TABLE days (
    day    INTEGER NOT NULL PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;
