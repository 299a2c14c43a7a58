using System.Threading.Channels;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>
/// Makes statements that are newer than clients' nonces: gathers nonces for <see cref="Gathering"/> and makes one quote for all of them. However many ask, quotes are made one after the other, at most one each
/// <see cref="Pause"/>, and what doesn't fit into the next batch is refused.
/// </summary>
public sealed partial class FreshStatements(WorkerStatements statements, IStatementVoucher voucher, TimeProvider time, ILogger<FreshStatements> logger) : IHostedService, IDisposable
{
    /// <summary>How long the first nonce of a batch waits for others.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    /// <summary>The least time between two quotes for clients' nonces: the epoch's own quotes, and those of key releases, must get their turn.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestQuote = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Batch> _batches = Channel.CreateUnbounded<Batch>();
    private readonly Lock _turn = new();
    private Batch? _open;
    private Task _making = Task.CompletedTask;

    /// <summary>Asks for a statement.</summary>
    /// <param name="nonces">The nonces, at most <see cref="NonceBatch.MaxNonces"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The statement with a proof for each nonce, or why there is none.</returns>
    public async Task<(FreshStatement? Statement, JobRefusal? Refusal)> AskAsync(IReadOnlyList<Digest> nonces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(nonces);
        Batch batch;
        int first;
        lock (_turn)
        {
            if (_open is null)
            {
                _open = new Batch();
                _batches.Writer.TryWrite(_open);
            }

            batch = _open;
            first = batch.Nonces.Count;
            if (first + nonces.Count > NonceBatch.MaxNonces)
            {
                return (null, new JobRefusal(JobErrorCodes.FreshBusy, $"{first} clients wait for a fresh statement already.", Retryable: true));
            }

            batch.Nonces.AddRange(nonces);
        }

        return await batch.Made.Task.WaitAsync(cancellationToken) is { } made
            ? (new FreshStatement(made.Statement.Bytes.ToArray(), made.Voucher.ToArray(), [.. Enumerable.Range(first, nonces.Count).Select(place => made.Tree.Prove(place).Encode())]), null)
            : (null, new JobRefusal(JobErrorCodes.FreshUnavailable, "Nothing vouches for a fresh statement now.", Retryable: true));
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _making = MakeAllAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _making;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task MakeAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (Batch batch in _batches.Reader.ReadAllAsync(cancellationToken))
            {
                await Task.Delay(Gathering, time, cancellationToken);
                lock (_turn)
                {
                    // Who comes from now on is in the next one.
                    _open = null;
                }

                batch.Made.SetResult(await MakeAsync(new NonceBatch(batch.Nonces), cancellationToken));
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            lock (_turn)
            {
                _open?.Made.TrySetResult(null);
            }
        }
    }

    /// <returns>Null where nothing vouches.</returns>
    private async Task<Vouched?> MakeAsync(NonceBatch tree, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestQuote, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (statements.MakeFresh(tree.Root) is not { } statement)
            {
                LogNotMade(tree.Count, "the epoch's statement has expired, or its keys have as many statements as they may");
                return null;
            }

            return new Vouched(tree, statement, await voucher.VouchAsync(statement, either.Token));
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNotMade(tree.Count, e.Message);
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A fault of ours costs this batch its statement, and not all that come after it.
            LogFault(e, tree.Count);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Clients} clients got no fresh statement: {Reason}")]
    private partial void LogNotMade(int clients, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Clients} clients got no fresh statement: something failed that should not")]
    private partial void LogFault(Exception fault, int clients);

    private sealed class Batch
    {
        public List<Digest> Nonces { get; } = [];

        public TaskCompletionSource<Vouched?> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Vouched(NonceBatch Tree, BoundStatement Statement, ReadOnlyMemory<byte> Voucher);
}
