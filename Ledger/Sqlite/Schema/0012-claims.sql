-- Where the chain said that a channel had paid: the channel's newest transaction in the state that showed it, for statements.

CREATE TABLE claims (
    transaction_id BLOB    NOT NULL PRIMARY KEY REFERENCES transactions CHECK (length(transaction_id) = 16),
    channel        TEXT    NOT NULL REFERENCES channels,
    lt             INTEGER NOT NULL CHECK (lt > 0),
    hash           BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER claims_keep_update BEFORE UPDATE ON claims BEGIN SELECT raise(ABORT, 'claims are kept'); END;
CREATE TRIGGER claims_keep_delete BEFORE DELETE ON claims BEGIN SELECT raise(ABORT, 'claims are kept'); END;
