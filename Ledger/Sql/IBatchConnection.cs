namespace CocoonOrleans.Ledger.Sql;

/// <summary>A writer's connection to a database.</summary>
/// <typeparam name="TSession">What work is done with.</typeparam>
internal interface IBatchConnection<out TSession> : IDisposable
{
    /// <summary>Does all work in one transaction and returns when it is durable. What failed by itself is undone, the rest stays.</summary>
    /// <exception cref="System.Data.Common.DbException">The batch failed. The connection must be disposed.</exception>
    void Commit(IReadOnlyList<IBatchWork<TSession>> batch);
}
