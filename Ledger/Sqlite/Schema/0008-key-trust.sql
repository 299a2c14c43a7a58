-- What an API key demands of who serves its requests. Keys from before demand nothing.

ALTER TABLE api_keys ADD COLUMN lowest_trust TEXT CHECK (lowest_trust IN ('open', 'tdx', 'confidential'));
ALTER TABLE api_keys ADD COLUMN may_lower_trust INTEGER NOT NULL DEFAULT 0 CHECK (may_lower_trust IN (0, 1));
