-- Where the chain said that a channel had paid: the channel's newest transaction in the state that showed it, for statements.

CREATE TABLE claims (
    transaction_id BYTEA   NOT NULL PRIMARY KEY REFERENCES transactions CHECK (length(transaction_id) = 16),
    channel        TEXT    NOT NULL REFERENCES channels,
    lt             BIGINT  NOT NULL CHECK (lt > 0),
    hash           BYTEA   NOT NULL CHECK (length(hash) = 32)
);

CREATE TRIGGER claims_keep_update BEFORE UPDATE ON claims FOR EACH ROW EXECUTE FUNCTION refuse('claims are kept');
CREATE TRIGGER claims_keep_delete BEFORE DELETE ON claims FOR EACH ROW EXECUTE FUNCTION refuse('claims are kept');
