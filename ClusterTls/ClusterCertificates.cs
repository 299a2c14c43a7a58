using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.ClusterTls;

/// <summary>The certificates of a process, read again when their files have changed. What can't be read then is logged, and the ones before stay. Thread-safe.</summary>
internal sealed partial class ClusterCertificates
{
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(5);

    private readonly ClusterTlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private Loaded _loaded;
    private long _checked;

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate, or not the certificate's key.</exception>
    public ClusterCertificates(ClusterTlsOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _checked = time.GetTimestamp();
        _loaded = Load(Versions());
    }

    /// <summary>This process's certificate, for the next handshake.</summary>
    public SslStreamCertificateContext Own => Current().Own;

    /// <summary>Whether the other side has a certificate of the authority for one of these roles.</summary>
    /// <param name="certificate">What it showed; null where it showed none.</param>
    /// <param name="chain">What else it sent.</param>
    /// <param name="roles">The roles.</param>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? chain, ReadOnlySpan<string> roles)
    {
        if (certificate is null)
        {
            return false;
        }

        using var peer = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        bool named = false;
        foreach (string role in roles)
        {
            named |= peer.MatchesHostname(role, allowWildcards: false, allowCommonName: false);
        }

        if (!named)
        {
            return false;
        }

        using var path = new X509Chain();
        path.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        path.ChainPolicy.CustomTrustStore.AddRange(Current().Authority);
        path.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        path.ChainPolicy.DisableCertificateDownloads = true;
        path.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        foreach (X509ChainElement element in chain?.ChainElements.AsEnumerable() ?? [])
        {
            path.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return path.Build(peer);
    }

    private Loaded Current()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_checked) < Recheck)
            {
                return _loaded;
            }

            _checked = _time.GetTimestamp();
            try
            {
                if (Versions() is var versions && versions != _loaded.Versions)
                {
                    _loaded = Load(versions);
                    LogReloaded(_options.CertificateFile!, _loaded.Own.TargetCertificate.NotAfter.ToUniversalTime());
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                LogNotReloaded(_options.CertificateFile!, e.Message);
            }

            return _loaded;
        }
    }

    private (DateTime, DateTime, DateTime) Versions() =>
        (File.GetLastWriteTimeUtc(_options.CertificateFile!), File.GetLastWriteTimeUtc(_options.KeyFile!), File.GetLastWriteTimeUtc(_options.AuthorityFile!));

    private Loaded Load((DateTime, DateTime, DateTime) versions)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(_options.AuthorityFile!);
        if (authority.Count == 0)
        {
            throw new CryptographicException("The authority's file holds no certificate.");
        }

        var between = new X509Certificate2Collection();
        between.ImportFromPemFile(_options.CertificateFile!);
        return new Loaded(versions, SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_options.CertificateFile!, _options.KeyFile), between, offline: true), authority);
    }

    [LoggerMessage(LogLevel.Information, "The cluster's certificate {File} was read anew; it is valid until {NotAfter:u}")]
    private partial void LogReloaded(string file, DateTime notAfter);

    [LoggerMessage(LogLevel.Warning, "The cluster's certificate {File} has changed and can't be used, so the one before stays: {Reason}")]
    private partial void LogNotReloaded(string file, string reason);

    private sealed record Loaded((DateTime, DateTime, DateTime) Versions, SslStreamCertificateContext Own, X509Certificate2Collection Authority);
}
