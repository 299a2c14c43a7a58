-- Channels that the operator's keys of now don't pay from. They stand beside their provider's next one, so they are not the one that counts.

ALTER TABLE channels ADD COLUMN stranded_at INTEGER;
DROP INDEX channels_of_account;
CREATE UNIQUE INDEX channels_of_account ON channels (account_id) WHERE phase <> 'closed' AND stranded_at IS NULL;
