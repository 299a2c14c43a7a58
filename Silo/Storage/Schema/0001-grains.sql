-- The service id is part of every key: two clusters may share a file.

CREATE TABLE grain_state (
    service_id TEXT NOT NULL,
    storage    TEXT NOT NULL,
    state_name TEXT NOT NULL,
    grain_id   TEXT NOT NULL,
    etag       TEXT NOT NULL,
    data       BLOB NOT NULL,
    PRIMARY KEY (service_id, storage, state_name, grain_id)
) STRICT;

-- start_at and period are .NET ticks (100 ns), start_at in UTC; hash is GrainId.GetUniformHashCode().
CREATE TABLE reminders (
    service_id TEXT    NOT NULL,
    grain_id   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    hash       INTEGER NOT NULL,
    start_at   INTEGER NOT NULL,
    period     INTEGER NOT NULL,
    etag       TEXT    NOT NULL,
    PRIMARY KEY (service_id, grain_id, name)
) STRICT;

CREATE INDEX reminders_by_hash ON reminders (service_id, hash);
