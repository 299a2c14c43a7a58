using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CocoonOrleans.Cli.Databases;

/// <summary>
/// A PostgreSQL server of this process's own, from the binaries that are installed: on 127.0.0.1, with a password, in a folder of its own. It ends with this
/// process, however that ends: a shell between them waits for its standard input to close.
/// </summary>

internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Owner = "cocoon";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _shell;

    private PostgreSqlServer(Process shell, int port, string password)
    {
        _shell = shell;
        Port = port;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username={Owner};Password={password};Database=postgres;Timeout=5;Command Timeout=30";
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How its owner connects. It holds the password: never log it.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder of the newest installed server's programs; null where none is installed.</summary>
    public static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> folders = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return folders
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
    }

    /// <summary>Starts a server, on the data that is in the folder or on new data, and returns when it answers.</summary>
    /// <param name="folder">Where its data is; made where there is none.</param>
    /// <param name="durable">Whether a commit is on the disk when it returns; false for tests only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">No server is installed, or it doesn't start; the message says what to do.</exception>
    public static async Task<PostgreSqlServer> StartAsync(string folder, bool durable, CancellationToken cancellationToken)
    {
        string programs = FindPrograms()
            ?? throw new InvalidOperationException("PostgreSQL is not installed. Install it (Debian, Ubuntu: apt-get install postgresql), or name a database with --database.");
        Directory.CreateDirectory(folder);
        string passwordFile = Path.Combine(folder, "password");
        string data = Path.Combine(folder, "data");
        if (!File.Exists(passwordFile))
        {
            await File.WriteAllTextAsync(passwordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), cancellationToken);
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string[] prefix = [];
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses root: it gets the user that its package has made, and may go through folders that are root's alone.
            prefix =
            [
                "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--",
            ];
            await RunAsync(["chown", "-R", "postgres:postgres", folder], cancellationToken);
        }

        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            string[] sync = durable ? [] : ["--no-sync"];
            await RunAsync(
                [.. prefix, Path.Combine(programs, "initdb"), "-D", data, "-U", Owner, "--pwfile", passwordFile, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", .. sync],
                cancellationToken);
        }

        int port = FreePort();
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "max_connections=200", "log_min_messages=fatal",
            .. durable ? Array.Empty<string>() : ["fsync=off", "full_page_writes=off"],
        ];
        string command = string.Join(' ', [.. prefix, Path.Combine(programs, "postgres"), "-D", $"'{data}'", .. settings.Select(setting => $"-c '{setting}'")]);
        ProcessStartInfo start = new("sh", ["-c", $"{command} >'{Path.Combine(folder, "log")}' 2>&1 </dev/null & pid=$!; read _; kill -INT $pid; wait $pid"])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        PostgreSqlServer server = new(Process.Start(start)!, port, await File.ReadAllTextAsync(passwordFile, cancellationToken));
        if (!await server.AnswersAsync(cancellationToken))
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"PostgreSQL did not start in {folder}; its file 'log' there says why.");
        }

        return server;
    }

    /// <summary>Ends the server: sessions are cut, the data is left in order.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Patience && !_shell.HasExited)
        {
            try
            {
                await using Npgsql.NpgsqlConnection connection = new(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (Npgsql.NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(command[0])} failed: {error.Trim()}");
        }
    }
}
