using System.Data.Common;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market.Solvency;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Stores proofs of solvency.</summary>
internal sealed class SolvencyWriter(SqlStatements statements)
{
    /// <summary>So many proofs keep their leaves.</summary>
    private const long KeptLeaves = 24;

    private readonly SqlStatement _add = statements.Prepare(
        "INSERT INTO solvency_proofs (assets, liabilities, statement, created_at) VALUES ($assets, $liabilities, $statement, $now) RETURNING proof");

    private readonly SqlStatement _addLeaf = statements.Prepare(
        "INSERT INTO solvency_leaves (proof, position, account_id, salt, amount) VALUES ($proof, $position, $account, $salt, $amount)");

    private readonly SqlStatement _prune = statements.Prepare("DELETE FROM solvency_leaves WHERE proof <= $proof - $kept");

    public bool Add(StoredProof proof)
    {
        long id;
        using (DbDataReader row = _add.Query(
            ("$assets", proof.Assets.Value),
            ("$liabilities", proof.Liabilities.Value),
            ("$statement", proof.Statement.ToArray()),
            ("$now", proof.CreatedAt.ToUnixTimeMilliseconds())))
        {
            row.Read();
            id = row.GetInt64(0);
        }

        for (int position = 0; position < proof.Leaves.Count; position++)
        {
            SumLeaf leaf = proof.Leaves[position];
            _addLeaf.Run(("$proof", id), ("$position", (long)position), ("$account", leaf.AccountId), ("$salt", leaf.Salt.ToArray()), ("$amount", leaf.Amount.Value));
        }

        _prune.Run(("$proof", id), ("$kept", KeptLeaves));
        return true;
    }
}
