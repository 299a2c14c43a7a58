using CocoonOrleans.Ledger.Sqlite;
using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Tests.Cluster.Ledger.Sqlite;

public sealed class SqliteSchemaTests : IDisposable
{
    private const string First = "CREATE TABLE one (value INTEGER)";
    private const string Second = "ALTER TABLE one ADD COLUMN more INTEGER; INSERT INTO one VALUES (1, 2)";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schema-");
    private readonly SqliteFile _file;
    private readonly SqliteConnection _connection;

    public SqliteSchemaTests()
    {
        _file = new SqliteFile(Path.Combine(_folder.FullName, "schema.db"), busyTimeoutSeconds: 30);
        _connection = _file.OpenForWriting();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _file.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Apply_OlderFile_TakesOnlyTheNewSteps()
    {
        new SqliteSchema(7, First).Apply(_connection);

        new SqliteSchema(7, First, Second).Apply(_connection);
        new SqliteSchema(7, First, Second).Apply(_connection);

        Assert.Equal([2L], _connection.ReadAll("SELECT more FROM one", row => row.GetInt64(0)));
    }

    [Fact]
    public void Apply_StepThatFails_ChangesNothing()
    {
        Assert.Throws<SqliteException>(() => new SqliteSchema(7, First, "CREATE TABLE one (value INTEGER)").Apply(_connection));

        Assert.Empty(_connection.ReadAll("SELECT name FROM sqlite_schema", row => row.GetString(0)));
        new SqliteSchema(7, First, Second).Apply(_connection);
    }

    [Fact]
    public void Apply_NewerFile_IsRefused()
    {
        new SqliteSchema(7, First, Second).Apply(_connection);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => new SqliteSchema(7, First).Apply(_connection));

        Assert.Contains("Run the newer program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_FileOfSomethingElse_IsRefused()
    {
        new SqliteSchema(7, First).Apply(_connection);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => new SqliteSchema(8, First).Apply(_connection));

        Assert.Contains("Name another file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_TwoProcessesAtOnce_TakesEachStepOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using SqliteConnection connection = _file.OpenForWriting();
            new SqliteSchema(7, First, Second).Apply(connection);
        })));

        Assert.Equal([2L], _connection.ReadAll("SELECT more FROM one", row => row.GetInt64(0)));
    }
}
