-- Proofs that the operator's coins cover what it owes, and the leaves of the newest ones, from which each account gets its own path.

CREATE TABLE solvency_proofs (
    proof       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    assets      INTEGER NOT NULL,
    liabilities INTEGER NOT NULL,
    statement   BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER solvency_proofs_keep_update BEFORE UPDATE ON solvency_proofs BEGIN SELECT raise(ABORT, 'proofs are kept'); END;
CREATE TRIGGER solvency_proofs_keep_delete BEFORE DELETE ON solvency_proofs BEGIN SELECT raise(ABORT, 'proofs are kept'); END;

CREATE TABLE solvency_leaves (
    proof      INTEGER NOT NULL REFERENCES solvency_proofs,
    position   INTEGER NOT NULL,
    account_id TEXT    NOT NULL,
    salt       BLOB    NOT NULL CHECK (length(salt) = 16),
    amount     INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (proof, position)
) STRICT, WITHOUT ROWID;
