using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CocoonOrleans.ClusterTls;
using CocoonOrleans.Silo.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace CocoonOrleans.Tests.Cluster.Tls;

/// <summary>Two silos and a gateway's client over real sockets, with certificates of one authority; and whoever has none of them.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-tls-");
    private readonly ClusterAuthority _authority = ClusterAuthority.Create(Now - TimeSpan.FromHours(5), TimeSpan.FromDays(1));

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Cluster_WithCertificates_SilosAndGatewayCallEachOther()
    {
        (int firstPort, int firstClients) = FreePorts.TakeTwo();
        (int secondPort, int secondClients) = FreePorts.TakeTwo();
        ClusterTlsOptions silo = Files("silo", ClusterRole.Silo);
        using IHost first = Silo(firstPort, firstClients, primary: null, silo);
        await first.StartAsync();
        using IHost second = Silo(secondPort, secondClients, new IPEndPoint(IPAddress.Loopback, firstPort), silo);
        await second.StartAsync();
        ClusterTlsOptions gateway = Files("gateway", ClusterRole.Gateway);
        using IHost client = Client(secondClients, gateway);
        await client.StartAsync();

        // The silos see each other, and a call by way of the second one reaches a grain of either.
        Dictionary<SiloAddress, SiloStatus> hosts = await client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(Deadline);
        Assert.Equal(2, hosts.Count);

        await client.StopAsync();
        await second.StopAsync();
        await first.StopAsync();
    }

    [Theory]
    [InlineData("a gateway", ClusterRole.Gateway, true)]
    [InlineData("a silo", ClusterRole.Silo, true)]
    [InlineData("another role", "somebody.cocoon.internal", false)]
    [InlineData("a gateway of another authority", ClusterRole.Gateway, false, true)]
    [InlineData("a certificate that has ended", ClusterRole.Gateway, false, false, true)]
    public async Task Server_OfClients_LetsInByCertificate(string who, string role, bool letIn, bool isStranger = false, bool hasEnded = false)
    {
        using var other = ClusterAuthority.Create(Now, TimeSpan.FromDays(1));
        ClusterTlsOptions shown = Files("peer", role, isStranger ? other : null, hasEnded ? Now - TimeSpan.FromHours(3) : null, TimeSpan.FromHours(1));

        Assert.True(letIn == await IsLetInAsync([ClusterRole.Silo, ClusterRole.Gateway], Shown(shown)), who);
    }

    [Fact]
    public async Task Server_OfSilos_LetsInNoGateway() => Assert.False(await IsLetInAsync([ClusterRole.Silo], Shown(Files("gateway", ClusterRole.Gateway))));

    [Fact]
    public async Task Server_ClientWithoutACertificate_IsNotLetIn() => Assert.False(await IsLetInAsync([ClusterRole.Silo, ClusterRole.Gateway], null));

    [Fact]
    public async Task Server_BytesThatAreNotTls_EndTheConnection()
    {
        (IDuplexPipe server, IDuplexPipe client) = Pair();
        Task serving = ServeAsync(server, [ClusterRole.Silo]);

        await client.Output.WriteAsync(new byte[64]);

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => serving.WaitAsync(Deadline));
    }

    /// <summary>A client of ours believes no silo that is none: here a gateway's certificate answers.</summary>
    [Fact]
    public async Task Client_ServerThatIsNoSilo_IsNotBelieved()
    {
        (IDuplexPipe server, IDuplexPipe client) = Pair();
        Task serving = new TlsConnection(Certificates(Files("false", ClusterRole.Gateway)), isServer: true, [ClusterRole.Gateway], TimeProvider.System, NullLogger.Instance)
            .RunAsync(new DefaultConnectionContext { Transport = server }, _ => Task.CompletedTask);
        Task calling = new TlsConnection(Certificates(Files("gateway", ClusterRole.Gateway)), isServer: false, [ClusterRole.Silo], TimeProvider.System, NullLogger.Instance)
            .RunAsync(new DefaultConnectionContext { Transport = client }, _ => Task.CompletedTask);

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => calling.WaitAsync(Deadline));
        await client.Output.CompleteAsync();
        await Record.ExceptionAsync(() => serving.WaitAsync(Deadline));
    }

    [Fact]
    public void Certificates_FilesReplaced_AreReadAnewAndBadOnesAreNot()
    {
        var time = new FakeTimeProvider(Now);
        ClusterTlsOptions files = Files("silo", ClusterRole.Silo);
        var certificates = new ClusterCertificates(files, time, NullLogger.Instance);
        string before = certificates.Own.TargetCertificate.Thumbprint;

        File.WriteAllText(files.CertificateFile!, "no certificate");
        File.SetLastWriteTimeUtc(files.CertificateFile!, Now.UtcDateTime.AddMinutes(1));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(before, certificates.Own.TargetCertificate.Thumbprint);

        Files("silo", ClusterRole.Silo);
        File.SetLastWriteTimeUtc(files.CertificateFile!, Now.UtcDateTime.AddMinutes(2));
        Assert.Equal(before, certificates.Own.TargetCertificate.Thumbprint);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotEqual(before, certificates.Own.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData("Silo:Address", "10.1.2.3", "Silo:Address needs Database:Provider=PostgreSql")]
    [InlineData("Cluster:Tls:CertificateFile", "silo.pem", "Cluster:Tls:KeyFile")]
    [InlineData("Cluster:Tls:Certificate", "silo.pem", "Cluster:Tls:Certificate")]
    public void AddSilo_AddressOrCertificatesThatDoNotDo_AreRefusedByName(string setting, string value, string named)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value, ["Silo:DataFolder"] = _folder.FullName });

        var refused = Assert.Throws<OptionsValidationException>(() => builder.AddSilo());

        Assert.Contains(refused.Failures, failure => failure.StartsWith(named, StringComparison.Ordinal));
    }

    private static IHost Silo(int port, int clients, IPEndPoint? primary, ClusterTlsOptions tls)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(port, clients, primary, "tls", "tls").UseClusterTls(tls));
        return builder.Build();
    }

    private static IHost Client(int clients, ClusterTlsOptions tls)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(clients, "tls", "tls");
            client.Services.AddClusterTls(tls);
            client.Services.AddOptions<ClientConnectionOptions>().Configure<IServiceProvider>(
                (connections, services) => connections.ConfigureConnection(connection => connection.UseClusterTls(services, isServer: false, ClusterRole.Silo)));
        });
        return builder.Build();
    }

    private static X509Certificate2 Shown(ClusterTlsOptions files) => X509Certificate2.CreateFromPemFile(files.CertificateFile!, files.KeyFile);

    private static ClusterCertificates Certificates(ClusterTlsOptions files) => new(files, TimeProvider.System, NullLogger.Instance);

    private static (IDuplexPipe Server, IDuplexPipe Client) Pair()
    {
        var (up, down) = (new Pipe(), new Pipe());
        return (new Ends(up.Reader, down.Writer), new Ends(down.Reader, up.Writer));
    }

    /// <summary>In TLS 1.3 a client learns only by reading whether its certificate was taken: what runs over the connection here says one byte.</summary>
    private Task ServeAsync(IDuplexPipe server, string[] peers) =>
        new TlsConnection(Certificates(Files("silo", ClusterRole.Silo)), isServer: true, peers, TimeProvider.System, NullLogger.Instance).RunAsync(
            new DefaultConnectionContext { Transport = server }, async connection => await connection.Transport.Output.WriteAsync(new byte[1]));

    private async Task<bool> IsLetInAsync(string[] peers, X509Certificate2? certificate)
    {
        (IDuplexPipe server, IDuplexPipe client) = Pair();
        Task serving = ServeAsync(server, peers);
        await using var tls = new SslStream(new DuplexStream(client));
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = ClusterRole.Silo,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }

        Exception? refused = await Record.ExceptionAsync(() => serving.WaitAsync(Deadline));
        Assert.True(refused is null or ConnectionAbortedException, refused?.ToString());
        return refused is null && await tls.ReadAsync(new byte[1]) == 1;
    }

    private ClusterTlsOptions Files(string name, string role, ClusterAuthority? authority = null, DateTimeOffset? issued = null, TimeSpan? life = null)
    {
        (string certificate, string key) = (authority ?? _authority).Issue(role, issued ?? Now, life ?? TimeSpan.FromHours(1));
        var files = new ClusterTlsOptions
        {
            CertificateFile = Path.Combine(_folder.FullName, $"{name}.pem"),
            KeyFile = Path.Combine(_folder.FullName, $"{name}.key"),
            AuthorityFile = Path.Combine(_folder.FullName, "authority.pem"),
        };
        File.WriteAllText(files.CertificateFile, certificate);
        File.WriteAllText(files.KeyFile, key);
        File.WriteAllText(files.AuthorityFile, _authority.CertificatePem);
        return files;
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
