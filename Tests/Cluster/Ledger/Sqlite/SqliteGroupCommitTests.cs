using System.Data.Common;
using System.Diagnostics.Metrics;
using CocoonOrleans.Ledger.Sql;
using CocoonOrleans.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Cluster.Ledger.Sqlite;

public sealed class SqliteGroupCommitTests : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("commit-");
    private readonly string _name = Guid.NewGuid().ToString();
    private readonly SqliteFile _file;
    private SqliteGroupCommit<Numbers>? _writer;
    private int _connections;
    private string? _onConnect;

    public SqliteGroupCommitTests()
    {
        _file = new SqliteFile(Path.Combine(_folder.FullName, "numbers.db"), busyTimeoutSeconds: 1);
        using SqliteConnection connection = _file.OpenForWriting();
        connection.Run("CREATE TABLE numbers (value INTEGER NOT NULL, large BLOB) STRICT");
    }

    private SqliteGroupCommit<Numbers> Writer => _writer ??= Open(queueLength: 1000);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Writer.DisposeAsync();

    public void Dispose()
    {
        _file.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Execute_WorkThatThrows_UndoesOnlyItself()
    {
        Task<int> bad = Writer.ExecuteAsync<int>(
            numbers =>
            {
                Adding(1)(numbers);
                throw new FormatException("bad");
            },
            weight: 1,
            CancellationToken.None);
        Task<int> good = Add(2);

        await Assert.ThrowsAsync<FormatException>(() => bad);
        await good;

        Assert.Equal([2L], Stored());
    }

    [Fact]
    public async Task Execute_WhileACommitIsUnderWay_SharesTheNextCommit()
    {
        List<int> batches = [];
        using MeterListener listener = Listen(batches);
        using ManualResetEventSlim hold = new();
        using ManualResetEventSlim started = new();
        Task<int> first = Writer.ExecuteAsync(Wait(started, hold), weight: 1, CancellationToken.None);
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)), "the writer never took the first work");

        Task<int>[] others = [.. Enumerable.Range(1, 100).Select(Add)];
        hold.Set();
        await first;
        await Task.WhenAll(others);

        Assert.Equal([1, 100], batches);
    }

    [Fact]
    public async Task Execute_MoreWorkThanABatchTakes_IsSplitByWeight()
    {
        List<int> batches = [];
        using MeterListener listener = Listen(batches);
        using ManualResetEventSlim hold = new();
        using ManualResetEventSlim started = new();
        Task<int> first = Writer.ExecuteAsync(Wait(started, hold), weight: 1, CancellationToken.None);
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)), "the writer never took the first work");

        Task<int>[] others = [.. Enumerable.Range(1, 5).Select(value => Writer.ExecuteAsync(Adding(value), weight: 500, CancellationToken.None))];
        hold.Set();
        await first;
        await Task.WhenAll(others);

        Assert.Equal([1, 2, 2, 1], batches);
    }

    [Fact]
    public async Task Execute_DiskFull_FailsTheBatchAndGoesOnOnAFreshConnection()
    {
        _onConnect = "PRAGMA max_page_count = 20";
        CommitException failed = await Assert.ThrowsAsync<CommitException>(
            () => Writer.ExecuteAsync(
                numbers => numbers.Insert.Run(("$value", 1L), ("$large", new byte[1_000_000])), weight: 1, CancellationToken.None));

        _onConnect = null;
        await Add(2);

        Assert.IsType<SqliteException>(failed.InnerException);
        Assert.Equal([2L], Stored());
        Assert.Equal(2, _connections);
    }

    [Fact]
    public async Task Execute_FileLocked_FailsTheBatchAndGoesOn()
    {
        using (SqliteConnection other = _file.OpenForWriting())
        {
            other.Run("BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<CommitException>(() => Add(1));
        }

        await Add(2);

        Assert.Equal([2L], Stored());
    }

    [Fact]
    public async Task Execute_ConnectionThatCannotBeOpened_FailsTheBatchAndTriesAgainForTheNext()
    {
        _onConnect = "SELECT * FROM no_such_table";
        await Assert.ThrowsAsync<CommitException>(() => Add(1));

        _onConnect = null;
        await Add(2);

        Assert.Equal([2L], Stored());
    }

    [Fact]
    public async Task Execute_QueueFull_WaitsToBeLetInUntilCancelled()
    {
        _writer = Open(queueLength: 1);
        using ManualResetEventSlim hold = new();
        using ManualResetEventSlim started = new();
        Task<int> running = Writer.ExecuteAsync(Wait(started, hold), weight: 1, CancellationToken.None);
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)), "the writer never took the first work");
        Task<int> queued = Add(1);
        using CancellationTokenSource cancellation = new();
        Task<int> outside = Writer.ExecuteAsync(Adding(2), weight: 1, cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outside);
        hold.Set();
        await Task.WhenAll(running, queued);

        Assert.Equal([0L, 1L], Stored());
    }

    [Fact]
    public async Task Dispose_WorkWaiting_IsDoneFirst()
    {
        Task<int>[] waiting = [.. Enumerable.Range(0, 50).Select(Add)];

        await Writer.DisposeAsync();

        await Task.WhenAll(waiting);
        Assert.Equal(50, Stored().Count);
    }

    [Fact]
    public async Task Execute_AfterDispose_IsRefused()
    {
        await Writer.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Add(1));
    }

    private SqliteGroupCommit<Numbers> Open(int queueLength) =>
        new(_name, _file, Connect, queueLength, batchSize: 1000, NullLogger<SqliteGroupCommitTests>.Instance);

    private Numbers Connect(SqlStatements statements)
    {
        _connections++;
        if (_onConnect is not null)
        {
            using DbDataReader rows = statements.Prepare(_onConnect).Query();
            rows.Read();
        }

        return new Numbers(statements);
    }

    private Task<int> Add(int value) => Writer.ExecuteAsync(Adding(value), weight: 1, CancellationToken.None);

    private static Func<Numbers, int> Adding(int value) => numbers => numbers.Insert.Run(("$value", (long)value), ("$large", null));

    private static Func<Numbers, int> Wait(ManualResetEventSlim started, ManualResetEventSlim hold) => numbers =>
    {
        started.Set();
        hold.Wait(TimeSpan.FromSeconds(30));
        return Adding(0)(numbers);
    };

    private List<long> Stored()
    {
        using SqliteConnection connection = _file.OpenForReading();
        return connection.ReadAll("SELECT value FROM numbers ORDER BY rowid", row => row.GetInt64(0));
    }

    private MeterListener Listen(List<int> batches)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "cocoon.ledger.commit.batch")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, calls, labels, _) =>
        {
            if (labels[0].Value as string == _name)
            {
                batches.Add(calls);
            }
        });
        listener.Start();
        return listener;
    }

    private sealed class Numbers(SqlStatements statements)
    {
        public SqlStatement Insert { get; } = statements.Prepare("INSERT INTO numbers (value, large) VALUES ($value, $large)");
    }
}
