using System.Net;
using System.Net.Sockets;
using CocoonOrleans.Grains;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Ledger.PostgreSql;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Silo.Chain;
using CocoonOrleans.Silo.Storage;
using CocoonOrleans.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Providers;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Puts a silo into a host: options, cluster, database, grains.</summary>
public static class SiloHosting
{
    private const string Npgsql = "Npgsql";
    private const string MoneyFromNothing = "Ledger:AllowTreasuryTransfers must be false in Production: it makes money from nothing.";

    /// <summary>Adds the whole silo, with its ready line.</summary>
    /// <param name="builder">The host.</param>
    /// <exception cref="OptionsValidationException">A setting that decides how the silo is built is wrong; the other ones are checked when the host starts.</exception>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        (SiloOptions options, ClusterIdentity identity) = builder.ReadSiloOptions();
        string? database = DatabaseOptions.Read(builder.Configuration).ConnectionString;
        Directory.CreateDirectory(options.DataFolder);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });

        // Before Orleans, so that its check comes before the silo starts.
        builder.Services.AddTonChain(builder.Configuration);
        bool traced = builder.AddTelemetry("cocoon-silo");
        builder.UseOrleans(silo =>
        {
            if (traced)
            {
                silo.AddActivityPropagation();
            }

            silo.UseCluster(options, identity, database);
            silo.UseClusterTls(identity.Tls);
            silo.AddSiloDatabase(options.DataFolder, builder.Configuration);
            silo.Services.AddGrainServices(builder.Configuration);
        });
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ReadyLine>(services, Console.Out));
        return builder;
    }

    /// <summary>
    /// Adds the ledger, grain storage and reminders: each in a SQLite file of the folder, or all in PostgreSQL; sections <c>Database</c>, <c>Ledger</c> and
    /// <c>Storage</c>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="folder">The folder; must exist.</param>
    /// <param name="configuration">Where the sections are.</param>
    /// <exception cref="OptionsValidationException">The database's settings are wrong.</exception>
    public static ISiloBuilder AddSiloDatabase(this ISiloBuilder silo, string folder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configuration);
        if (DatabaseOptions.Read(configuration) is (DatabaseProvider.PostgreSql, { } connectionString))
        {
            return silo.AddPostgreSql(connectionString, configuration);
        }

        silo.Services.AddStrictOptions<SqliteLedgerOptions>(configuration.GetSection("Ledger"))
            .Validate<IHostEnvironment>(
                static (options, environment) => !options.AllowTreasuryTransfers || !environment.IsProduction(), MoneyFromNothing)
            .PostConfigure<IOptions<AccountsOptions>>(
                static (ledger, accounts) => ledger.AllowTreasuryTransfers |= accounts.Value.DevelopmentGrantNano > 0);
        silo.Services.AddSqliteLedger(options => options.Path = options.Path is { Length: > 0 } path ? path : Path.Combine(folder, "ledger.db"));
        silo.Services.AddStrictOptions<SqliteStorageOptions>(configuration.GetSection("Storage"));
        silo.AddSqliteGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, PlaceState);
        silo.UseSqliteReminders(PlaceState);
        return silo;

        void PlaceState(SqliteStorageOptions options) => options.Path = options.Path is { Length: > 0 } path ? path : Path.Combine(folder, "state.db");
    }

    private static ISiloBuilder AddPostgreSql(this ISiloBuilder silo, string connectionString, IConfiguration configuration)
    {
        silo.Services.AddStrictOptions<PostgreSqlLedgerOptions>(configuration.GetSection("Ledger"))
            .Validate<IHostEnvironment>(
                static (options, environment) => !options.AllowTreasuryTransfers || !environment.IsProduction(), MoneyFromNothing)
            .PostConfigure<IOptions<AccountsOptions>>(
                static (ledger, accounts) => ledger.AllowTreasuryTransfers |= accounts.Value.DevelopmentGrantNano > 0);
        silo.Services.AddPostgreSqlLedger(options => options.ConnectionString = connectionString);
        silo.Services.AddSingleton<IHostedService>(new PostgreSqlTables(connectionString));
        string orleans = OfOrleans(connectionString);
        silo.AddAdoNetGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, options => (options.Invariant, options.ConnectionString) = (Npgsql, orleans));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Npgsql, orleans));
        return silo;
    }

    /// <summary>Orleans' times are UTC, with and without saying so.</summary>
    private static string OfOrleans(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Timezone = "UTC", ApplicationName = "cocoon orleans", MaxAutoPrepare = 32 }.ToString();

    private static ISiloBuilder UseCluster(this ISiloBuilder silo, SiloOptions options, ClusterIdentity identity, string? database)
    {
        IPAddress address = AddressOf(options);
        if (!IPAddress.IsLoopback(address) && (database is null || !identity.Tls.IsOn))
        {
            throw new OptionsValidationException(nameof(SiloOptions), typeof(SiloOptions), [
                database is null
                    ? "Silo:Address needs Database:Provider=PostgreSql: silos of several machines share a database."
                    : "Silo:Address needs Cluster:Tls: what goes to another machine is encrypted. ./cocoon cluster certificates makes the files."]);
        }

        if (database is null)
        {
            // The overload sets both ids: with one of them left out, clients that name it are dropped in silence.
            silo.UseLocalhostClustering(
                options.Port,
                options.GatewayPort,
                options.PrimaryPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, options.PrimaryPort),
                identity.ServiceId,
                identity.ClusterId);
        }
        else
        {
            string orleans = OfOrleans(database);
            silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (identity.ServiceId, identity.ClusterId));
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Npgsql, orleans));
            silo.ConfigureEndpoints(address, options.Port, options.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(address));
        }

        silo.Configure<EndpointOptions>(endpoints => endpoints.AdvertisedIPAddress = address);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);

        // A dead silo is noticed in about a second, one that stands still in about three. By default it takes more than ten. A missed probe alone counts for
        // nothing while messages come from a silo: only after NumMissedProbesLimit times MaxProbeTimeout without any is it suspected. With Orleans' own
        // maximum, four times the timeout, a silo that stood still for eight seconds was never declared dead (./cocoon bench cluster).
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MinProbeTimeout = TimeSpan.FromMilliseconds(250);
            membership.MaxProbeTimeout = TimeSpan.FromMilliseconds(1250);
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 2;

            // A probe through a third silo doesn't count where that one is busy, so it decides nothing here, and takes the direct probe's place.
            membership.EnableIndirectProbes = false;

            // A silo that stood still and goes on learns from the table that the others have buried it. By default it looks each minute, and serves on until then.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
        return silo;
    }

    private static IPAddress AddressOf(SiloOptions options)
    {
        if (options.Address is not { } name)
        {
            return IPAddress.Loopback;
        }

        try
        {
            return Dns.GetHostAddresses(name)[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new OptionsValidationException(nameof(SiloOptions), typeof(SiloOptions), ["Silo:Address has no address that this machine knows: name an IP address."]);
        }
    }

    /// <summary>Reads what must be known before the host is built, by the same rules as all other options.</summary>
    private static (SiloOptions Options, ClusterIdentity Identity) ReadSiloOptions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddStrictOptions<SiloOptions>(builder.Configuration.GetSection(SiloOptions.Section));
        builder.Services.AddStrictOptions<ClusterIdentity>(builder.Configuration.GetSection(ClusterIdentity.Section));
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        return (services.GetRequiredService<IOptions<SiloOptions>>().Value, services.GetRequiredService<IOptions<ClusterIdentity>>().Value);
    }
}
