-- Whom a channel pays, and the data that its address is made of (a bag of cells): so that a book that was restored from a backup finds it again.

ALTER TABLE signed ADD COLUMN account_id TEXT;
ALTER TABLE signed ADD COLUMN init_data BLOB;
CREATE INDEX signed_of_account ON signed (account_id);
