namespace CocoonOrleans.Ledger.Invariants;

/// <summary>
/// The rules of the book (market-and-api.md D.2), each a query whose rows are what breaks it; the first column names the subject. Plain SQL, the same for
/// every database. No sum can overflow: all money there is fits in 64 bits, since the treasury can't owe more. Each is one pass over its tables: sums are
/// made by groups, never anew for each account or job, so that a book of millions of jobs is checked in seconds.
/// </summary>
internal static class LedgerInvariants
{
    /// <summary>Name and query of each rule.</summary>
    public static IReadOnlyList<(string Name, string Sql)> All { get; } =
    [
        ("the legs of a transaction sum to zero",
            "SELECT transaction_id FROM entries GROUP BY transaction_id HAVING sum(amount) <> 0 LIMIT 10"),
        ("every leg belongs to a transaction",
            """
            SELECT e.transaction_id FROM entries e
            WHERE NOT EXISTS (SELECT 1 FROM transactions t WHERE t.transaction_id = e.transaction_id) LIMIT 10
            """),
        ("a payer has at least what it holds, and only the treasury owes",
            """
            SELECT p.account_id FROM payers p JOIN accounts a ON a.account_id = p.account_id
            WHERE p.held < 0 OR p.balance - p.held < p.floor OR (p.floor < 0 AND a.class <> 'treasury') LIMIT 10
            """),
        ("exactly clients, grants and treasury are payers",
            """
            SELECT a.account_id FROM accounts a LEFT JOIN payers p ON p.account_id = a.account_id
            WHERE (p.account_id IS NOT NULL) <> (a.class IN ('client', 'grants', 'treasury')) LIMIT 10
            """),
        ("held is the sum of open holds",
            """
            SELECT p.account_id FROM payers p
            LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM holds WHERE state = 'open' AND channel IS NULL GROUP BY account_id) h ON h.account_id = p.account_id
            WHERE p.held <> coalesce(h.amount, 0) LIMIT 10
            """),
        ("a payer's balance is the sum of its entries",
            """
            SELECT p.account_id FROM payers p
            WHERE p.balance <> (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.account_id = p.account_id) LIMIT 10
            """),
        ("only the treasury's entries sum below zero",
            """
            SELECT a.account_id FROM accounts a JOIN entries e ON e.account_id = a.account_id
            WHERE a.class <> 'treasury' GROUP BY a.account_id HAVING sum(e.amount) < 0 LIMIT 10
            """),
        ("a hold is captured exactly where it has its one capture and transaction",
            """
            SELECT h.job_id FROM holds h
            LEFT JOIN captures c ON c.job_id = h.job_id
            LEFT JOIN transactions t ON t.transaction_id = h.job_id AND t.kind = 'capture'
            WHERE (h.state = 'captured') <> (c.job_id IS NOT NULL) OR (h.state = 'captured') <> (t.transaction_id IS NOT NULL) LIMIT 10
            """),
        ("every capturing transaction has its capture",
            """
            SELECT t.transaction_id FROM transactions t
            WHERE t.kind = 'capture' AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.job_id = t.transaction_id) LIMIT 10
            """),
        ("a capture is at most its hold",
            "SELECT h.job_id FROM holds h JOIN captures c ON c.job_id = h.job_id WHERE c.amount > h.amount LIMIT 10"),
        ("a capture's legs are client, provider and commission, and no other",
            """
            SELECT c.job_id FROM captures c JOIN holds h ON h.job_id = c.job_id LEFT JOIN client_channels k ON k.channel = h.channel
            LEFT JOIN entries e ON e.transaction_id = c.job_id
            GROUP BY c.job_id, h.job_id, k.channel
            HAVING c.amount <> c.provider_amount + c.commission
                OR -c.amount <> sum(CASE WHEN e.account_id = coalesce(k.receivable, h.account_id) THEN e.amount ELSE 0 END)
                OR c.provider_amount <> sum(CASE WHEN e.account_id = c.provider_account_id THEN e.amount ELSE 0 END)
                OR c.commission <> sum(CASE WHEN e.account_id = 'commission' THEN e.amount ELSE 0 END)
                OR sum(CASE WHEN e.account_id NOT IN (coalesce(k.receivable, h.account_id), c.provider_account_id, 'commission') THEN 1 ELSE 0 END) > 0 LIMIT 10
            """),
        ("a transfer has one who pays and one who receives",
            """
            SELECT t.transaction_id FROM transactions t LEFT JOIN entries e ON e.transaction_id = t.transaction_id
            WHERE t.kind = 'transfer' GROUP BY t.transaction_id HAVING count(e.entry_id) <> 2 OR count(DISTINCT e.account_id) <> 2 LIMIT 10
            """),
        ("a late completion is of a released hold",
            """
            SELECT l.job_id FROM late_completions l JOIN holds h ON h.job_id = l.job_id WHERE h.state <> 'released' LIMIT 10
            """),
        ("a client's usage is the sum of its captures",
            """
            SELECT a.account_id FROM accounts a
            LEFT JOIN (SELECT h.account_id, sum(c.amount) AS amount FROM captures c JOIN holds h ON h.job_id = c.job_id GROUP BY h.account_id) c
                ON c.account_id = a.account_id
            LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM usage_days GROUP BY account_id) u ON u.account_id = a.account_id
            LEFT JOIN (SELECT client_account_id, sum(charged) AS amount FROM outbox GROUP BY client_account_id) o ON o.client_account_id = a.account_id
            WHERE a.class = 'client' AND coalesce(c.amount, 0) <> coalesce(u.amount, 0) + coalesce(o.amount, 0) LIMIT 10
            """),
        ("a provider's usage is the sum of its legs",
            """
            SELECT a.account_id FROM accounts a
            LEFT JOIN (SELECT provider_account_id, sum(provider_amount) AS amount FROM captures GROUP BY provider_account_id) c
                ON c.provider_account_id = a.account_id
            LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM usage_days GROUP BY account_id) u ON u.account_id = a.account_id
            LEFT JOIN (SELECT provider_account_id, sum(earned) AS amount FROM outbox GROUP BY provider_account_id) o ON o.provider_account_id = a.account_id
            WHERE a.class = 'provider' AND coalesce(c.amount, 0) <> coalesce(u.amount, 0) + coalesce(o.amount, 0) LIMIT 10
            """),
        ("what the operator's wallets hold is what the chain owes",
            """
            SELECT p.account_id FROM payers p
            WHERE p.account_id = 'chain-operator' AND p.balance <> -(SELECT coalesce(sum(w.balance), 0) FROM wallets w) LIMIT 10
            """),
        ("what is in flight is the sum of payouts that have not left",
            """
            SELECT p.account_id FROM payers p
            WHERE p.account_id = 'payouts-in-flight' AND p.balance <>
                (SELECT coalesce(sum(i.amount), 0) FROM intents i WHERE i.purpose = 'payout' AND i.state IN ('waiting', 'signed')) LIMIT 10
            """),
        ("a voucher promises no more than its channel holds and its provider is due",
            """
            SELECT h.channel FROM channels h
            JOIN (SELECT channel, max(cumulative) AS promised FROM vouchers GROUP BY channel) v ON v.channel = h.channel
            WHERE h.phase <> 'closed' AND v.promised > h.claimed
              AND (v.promised > h.deposited - h.withdrawn
                   OR v.promised - h.claimed > (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.account_id = h.account_id)) LIMIT 10
            """),
        ("no more is claimed than was promised",
            """
            SELECT h.channel FROM channels h
            WHERE h.claimed > (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = h.channel) LIMIT 10
            """),
        ("what is in suspense is the sum of deposits that wait",
            """
            SELECT p.account_id FROM payers p
            WHERE p.account_id = 'suspense' AND p.balance <> (SELECT coalesce(sum(d.amount), 0) FROM deposits d WHERE d.state = 'suspense') LIMIT 10
            """),
        ("held on a channel is the sum of its open holds",
            """
            SELECT k.channel FROM client_channels k
            LEFT JOIN (SELECT channel, sum(amount) AS amount FROM holds WHERE state = 'open' AND channel IS NOT NULL GROUP BY channel) h ON h.channel = k.channel
            WHERE k.held <> coalesce(h.amount, 0) LIMIT 10
            """),
        ("captured from a channel is the sum of its captures",
            """
            SELECT k.channel FROM client_channels k
            LEFT JOIN (SELECT h.channel, sum(c.amount) AS amount FROM captures c JOIN holds h ON h.job_id = c.job_id WHERE h.channel IS NOT NULL GROUP BY h.channel) c
                ON c.channel = k.channel
            WHERE k.captured <> coalesce(c.amount, 0) LIMIT 10
            """),
        ("what a channel owes is what was captured and hasn't come in",
            """
            SELECT k.channel FROM client_channels k JOIN payers p ON p.account_id = k.receivable WHERE p.balance <> k.paid - k.captured LIMIT 10
            """),
        ("an intent is signed exactly where bytes that may run carry it",
            """
            SELECT i.intent_id FROM intents i
            LEFT JOIN wallet_send_intents c ON c.sequence = i.sequence
                AND EXISTS (SELECT 1 FROM wallet_sends s WHERE s.wallet = c.wallet AND s.seqno = c.seqno AND s.attempt = c.attempt AND s.state = 'open')
            WHERE (i.state = 'signed') <> (c.sequence IS NOT NULL) AND i.state IN ('waiting', 'signed') LIMIT 10
            """),
    ];
}
