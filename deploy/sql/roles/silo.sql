-- The role of silos: what they may do once the tables are up to date, and nothing else. They can't make, change or drop tables, change or delete an entry, a
-- transaction, a capture or a signed paper, or make roles. Run as the tables' owner, in the database, after the first start of each version; it may be repeated.
-- Each silo logs in as a member:  CREATE ROLE silo_a LOGIN PASSWORD '...' IN ROLE cocoon_silo;

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cocoon_silo') THEN
        CREATE ROLE cocoon_silo NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM cocoon_silo;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cocoon_silo;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO cocoon_silo;

-- The ledger.
GRANT INSERT ON accounts, payers, api_keys, transactions, entries, holds, captures, late_completions, outbox, usage_days, wallets, intents, wallet_sends,
    wallet_send_intents, channels, vouchers, deposit_memos, deposits, client_channels, client_vouchers, voucher_forks, solvency_proofs, solvency_leaves,
    payout_orders, unknown_payments, claims TO cocoon_silo;
GRANT UPDATE ON accounts, payers, api_keys, holds, usage_days, wallets, intents, wallet_sends, channels, deposits, client_channels, unknown_payments TO cocoon_silo;
GRANT DELETE ON outbox, client_vouchers, solvency_leaves TO cocoon_silo;

-- Orleans: the silos, grain state, reminders.
GRANT INSERT, UPDATE ON orleans_versions, orleans_silos, orleans_states, orleans_reminders TO cocoon_silo;
GRANT DELETE ON orleans_versions, orleans_silos, orleans_reminders TO cocoon_silo;
