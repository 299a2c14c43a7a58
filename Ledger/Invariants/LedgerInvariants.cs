namespace CocoonOrleans.Ledger.Invariants;

/// <summary>
/// The rules of the book (market-and-api.md D.2), each a query whose rows are what breaks it; the first column names the subject. Plain SQL, the same for
/// every database. No sum can overflow: all money there is fits in 64 bits, since the treasury can't owe more.
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
            WHERE p.held <> (SELECT coalesce(sum(h.amount), 0) FROM holds h WHERE h.account_id = p.account_id AND h.state = 'open') LIMIT 10
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
        ("a capture's legs are client, provider and commission",
            """
            SELECT c.job_id FROM captures c JOIN holds h ON h.job_id = c.job_id
            WHERE c.amount <> c.provider_amount + c.commission
               OR -c.amount <> (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.transaction_id = c.job_id AND e.account_id = h.account_id)
               OR c.provider_amount <>
                  (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.transaction_id = c.job_id AND e.account_id = c.provider_account_id)
               OR c.commission <>
                  (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.transaction_id = c.job_id AND e.account_id = 'commission') LIMIT 10
            """),
        ("a late completion is of a released hold",
            """
            SELECT l.job_id FROM late_completions l JOIN holds h ON h.job_id = l.job_id WHERE h.state <> 'released' LIMIT 10
            """),
        ("a client's usage is the sum of its captures",
            """
            SELECT a.account_id FROM accounts a
            WHERE a.class = 'client' AND
                  (SELECT coalesce(sum(c.amount), 0) FROM captures c JOIN holds h ON h.job_id = c.job_id WHERE h.account_id = a.account_id) <>
                  (SELECT coalesce(sum(u.amount), 0) FROM usage_days u WHERE u.account_id = a.account_id)
                  + (SELECT coalesce(sum(o.charged), 0) FROM outbox o WHERE o.client_account_id = a.account_id) LIMIT 10
            """),
        ("a provider's usage is the sum of its legs",
            """
            SELECT a.account_id FROM accounts a
            WHERE a.class = 'provider' AND
                  (SELECT coalesce(sum(c.provider_amount), 0) FROM captures c WHERE c.provider_account_id = a.account_id) <>
                  (SELECT coalesce(sum(u.amount), 0) FROM usage_days u WHERE u.account_id = a.account_id)
                  + (SELECT coalesce(sum(o.earned), 0) FROM outbox o WHERE o.provider_account_id = a.account_id) LIMIT 10
            """),
    ];
}
