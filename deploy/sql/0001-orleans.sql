-- What Orleans keeps in PostgreSQL: which silos there are, grain state, reminders. The tables are ours; Orleans' providers know only the statements below,
-- by their keys, and bind parameters by name. Applied by silos when they start (Silo/Storage/PostgreSqlStorage.cs), once, under a lock.

CREATE TABLE orleans_versions (
    deployment TEXT NOT NULL PRIMARY KEY,
    version    INT  NOT NULL DEFAULT 0
);

CREATE TABLE orleans_silos (
    deployment TEXT           NOT NULL REFERENCES orleans_versions,
    address    TEXT           NOT NULL,
    port       INT            NOT NULL,
    generation INT            NOT NULL,
    name       TEXT           NOT NULL,
    host       TEXT           NOT NULL,
    status     INT            NOT NULL,
    proxy_port INT            NOT NULL,
    suspects   TEXT,
    started_at TIMESTAMPTZ(3) NOT NULL,
    alive_at   TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY (deployment, address, port, generation)
);

-- A state that was cleared keeps its row, without payload, so that its version never comes again.
CREATE TABLE orleans_states (
    service   TEXT   NOT NULL,
    type      TEXT   NOT NULL,
    n0        BIGINT NOT NULL,
    n1        BIGINT NOT NULL,
    extension TEXT   NOT NULL,
    payload   BYTEA,
    version   INT    NOT NULL,
    PRIMARY KEY (service, type, n0, n1, extension)
);

CREATE TABLE orleans_reminders (
    service  TEXT           NOT NULL,
    grain    TEXT           NOT NULL,
    name     TEXT           NOT NULL,
    hash     INT            NOT NULL,
    start_at TIMESTAMPTZ(3) NOT NULL,
    period   BIGINT         NOT NULL,
    version  INT            NOT NULL,
    PRIMARY KEY (service, grain, name)
);

CREATE INDEX orleans_reminders_by_hash ON orleans_reminders (service, hash);

CREATE TABLE OrleansQuery (
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
);

-- Membership. Each change moves the table's version on, from the one that the caller has seen, and is refused otherwise.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
WITH made AS (INSERT INTO orleans_versions (deployment) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT EXISTS (SELECT 1 FROM made)
$$),
('InsertMembershipKey', $$
WITH moved AS (
    UPDATE orleans_versions SET version = version + 1
    WHERE deployment = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT 1 FROM orleans_silos s WHERE s.deployment = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING 1),
made AS (
    INSERT INTO orleans_silos (deployment, address, port, generation, name, host, status, proxy_port, started_at, alive_at)
    SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
    RETURNING 1)
SELECT EXISTS (SELECT 1 FROM made)
$$),
('UpdateMembershipKey', $$
WITH moved AS (
    UPDATE orleans_versions SET version = version + 1
    WHERE deployment = @DeploymentId AND version = @Version AND EXISTS (
        SELECT 1 FROM orleans_silos s WHERE s.deployment = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING 1),
changed AS (
    UPDATE orleans_silos SET status = @Status, suspects = @SuspectTimes, alive_at = @IAmAliveTime
    WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND EXISTS (SELECT 1 FROM moved)
    RETURNING 1)
SELECT EXISTS (SELECT 1 FROM changed)
$$),
('UpdateIAmAlivetimeKey', $$
UPDATE orleans_silos SET alive_at = @IAmAliveTime
WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
('MembershipReadRowKey', $$
SELECT v.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.name AS "SiloName", s.host AS "HostName",
       s.status AS "Status", s.proxy_port AS "ProxyPort", s.suspects AS "SuspectTimes", s.started_at AS "StartTime", s.alive_at AS "IAmAliveTime"
FROM orleans_versions v
LEFT JOIN orleans_silos s ON s.deployment = v.deployment AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
WHERE v.deployment = @DeploymentId
$$),
('MembershipReadAllKey', $$
SELECT v.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.name AS "SiloName", s.host AS "HostName",
       s.status AS "Status", s.proxy_port AS "ProxyPort", s.suspects AS "SuspectTimes", s.started_at AS "StartTime", s.alive_at AS "IAmAliveTime"
FROM orleans_versions v LEFT JOIN orleans_silos s ON s.deployment = v.deployment
WHERE v.deployment = @DeploymentId
$$),
('GatewaysQueryKey', $$
SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation"
FROM orleans_silos WHERE deployment = @DeploymentId AND status = @Status AND proxy_port > 0
$$),
('DeleteMembershipTableEntriesKey', $$
WITH silos AS (DELETE FROM orleans_silos WHERE deployment = @DeploymentId)
DELETE FROM orleans_versions WHERE deployment = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM orleans_silos WHERE deployment = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime
$$),
('CleanupDefunctSiloEntryKey', $$
DELETE FROM orleans_silos
WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
  AND suspects IS NOT DISTINCT FROM CAST(@SuspectTimes AS TEXT) AND started_at = @StartTime AND alive_at = @IAmAliveTime
$$);

-- Grain state. A write names the version that it replaces, none for the first; no new version comes back where that is not the stored one.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $$
SELECT payload AS "PayloadBinary", version AS "Version" FROM orleans_states
WHERE service = @ServiceId AND type = @GrainTypeString AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
  AND extension = coalesce(CAST(@GrainIdExtensionString AS TEXT), '') AND payload IS NOT NULL
$$),
('WriteToStorageKey', $$
WITH made AS (
    INSERT INTO orleans_states AS o (service, type, n0, n1, extension, payload, version)
    SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(CAST(@GrainIdExtensionString AS TEXT), ''), @PayloadBinary, 1
    WHERE CAST(@GrainStateVersion AS INT) IS NULL
    ON CONFLICT (service, type, n0, n1, extension) DO UPDATE SET payload = excluded.payload, version = o.version + 1 WHERE o.payload IS NULL
    RETURNING version),
changed AS (
    UPDATE orleans_states SET payload = @PayloadBinary, version = version + 1
    WHERE service = @ServiceId AND type = @GrainTypeString AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
      AND extension = coalesce(CAST(@GrainIdExtensionString AS TEXT), '') AND version = CAST(@GrainStateVersion AS INT)
    RETURNING version)
SELECT coalesce((SELECT version FROM made), (SELECT version FROM changed)) AS "NewGrainStateVersion"
$$),
('ClearStorageKey', $$
WITH changed AS (
    UPDATE orleans_states SET payload = NULL, version = version + 1
    WHERE service = @ServiceId AND type = @GrainTypeString AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
      AND extension = coalesce(CAST(@GrainIdExtensionString AS TEXT), '') AND version = CAST(@GrainStateVersion AS INT)
    RETURNING version)
SELECT (SELECT version FROM changed) AS "NewGrainStateVersion"
$$),
('DeleteStorageKey', $$
WITH changed AS (
    UPDATE orleans_states SET payload = NULL, version = version + 1
    WHERE service = @ServiceId AND type = @GrainTypeString AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
      AND extension = coalesce(CAST(@GrainIdExtensionString AS TEXT), '') AND version = CAST(@GrainStateVersion AS INT)
    RETURNING version)
SELECT (SELECT version FROM changed) AS "NewGrainStateVersion"
$$);

-- Reminders. A range of hashes excludes its beginning and includes its end; the second one goes over the end of the circle.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('UpsertReminderRowKey', $$
INSERT INTO orleans_reminders AS o (service, grain, name, hash, start_at, period, version)
VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
ON CONFLICT (service, grain, name) DO UPDATE SET hash = excluded.hash, start_at = excluded.start_at, period = excluded.period, version = o.version + 1
RETURNING version AS "Version"
$$),
('ReadReminderRowKey', $$
SELECT grain AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName
$$),
('ReadReminderRowsKey', $$
SELECT grain AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service = @ServiceId AND grain = @GrainId
$$),
('ReadRangeRows1Key', $$
SELECT grain AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service = @ServiceId AND hash > @BeginHash AND hash <= @EndHash
$$),
('ReadRangeRows2Key', $$
SELECT grain AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service = @ServiceId AND (hash > @BeginHash OR hash <= @EndHash)
$$),
('DeleteReminderRowKey', $$
WITH gone AS (
    DELETE FROM orleans_reminders WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1)
SELECT EXISTS (SELECT 1 FROM gone)
$$),
('DeleteReminderRowsKey', $$
DELETE FROM orleans_reminders WHERE service = @ServiceId
$$);
