using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>The versions of a database's schema: version n is the result of the first n steps, and stands in the file (<c>user_version</c>).</summary>
/// <param name="applicationId">Says whose file it is (<c>application_id</c>), so that one kind of database is never taken for another.</param>
/// <param name="steps">SQL of each step, in order; a step is never changed once released, only followed by another.</param>
public sealed class SqliteSchema(int applicationId, params IReadOnlyList<string> steps)
{
    /// <summary>Reads the steps from a folder of an assembly's embedded <c>.sql</c> files, in the order of their names.</summary>
    /// <param name="applicationId">Says whose file it is.</param>
    /// <param name="anchor">A type in the namespace that <paramref name="folder"/> is below.</param>
    /// <param name="folder">The folder, such as <c>Schema</c>.</param>
    public static SqliteSchema FromResources(int applicationId, Type anchor, string folder)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        string prefix = $"{anchor.Namespace}.{folder}.";
        List<string> steps = [];
        foreach (string name in anchor.Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(anchor.Assembly.GetManifestResourceStream(name)!);
            steps.Add(reader.ReadToEnd());
        }

        return new SqliteSchema(applicationId, steps);
    }

    /// <summary>Brings a file to the newest version, in one transaction under the file's write lock: two processes that start at once don't collide.</summary>
    /// <exception cref="InvalidDataException">The file is another application's, or was written by a newer version of this one.</exception>
    /// <exception cref="SqliteException">The file can't be written.</exception>
    public void Apply(SqliteConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using SqliteTransaction transaction = connection.BeginTransaction();
        long version = Pragma(connection, "user_version");
        long owner = Pragma(connection, "application_id");
        if (owner != applicationId && (owner != 0 || version != 0))
        {
            throw new InvalidDataException($"'{connection.DataSource}' is a database of something else (application id {owner}). Name another file.");
        }

        if (version > steps.Count)
        {
            throw new InvalidDataException(
                $"'{connection.DataSource}' has schema version {version}, and this program knows {steps.Count} at most. Run the newer program.");
        }

        foreach (string step in steps.Skip((int)version))
        {
            connection.Run(step);
        }

        connection.Run($"PRAGMA application_id = {applicationId}; PRAGMA user_version = {steps.Count}");
        transaction.Commit();
    }

    private static long Pragma(SqliteConnection connection, string name) =>
        connection.ReadAll($"PRAGMA {name}", row => row.GetInt64(0))[0];
}
