using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CocoonOrleans.ClusterTls;

/// <summary>Makes the certificates of a cluster: an authority, and one certificate for each role, which every process of that role may share. ECDSA on P-256.</summary>
public sealed class ClusterAuthority : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _certificate;

    private ClusterAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The authority's certificate in PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Its private key in PEM (PKCS #8). Whoever has it can join the cluster; keep it apart.</summary>
    public string KeyPem => ExportKey(_certificate);

    /// <summary>Makes an authority.</summary>
    /// <param name="now">The time.</param>
    /// <param name="validFor">How long it is valid.</param>
    public static ClusterAuthority Create(DateTimeOffset now, TimeSpan validFor)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cocoon cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new ClusterAuthority(request.CreateSelfSigned(now - ClockSkew, now + validFor));
    }

    /// <summary>Reads an authority that was made before.</summary>
    /// <exception cref="CryptographicException">That is no certificate with its key.</exception>
    public static ClusterAuthority FromPem(string certificate, string key) => new(X509Certificate2.CreateFromPem(certificate, key));

    /// <summary>Makes a certificate.</summary>
    /// <param name="role">One of <see cref="ClusterRole"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="validFor">How long it is valid, but no longer than the authority.</param>
    /// <returns>Certificate and private key in PEM.</returns>
    public (string CertificatePem, string KeyPem) Issue(string role, DateTimeOffset now, TimeSpan validFor)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={role}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication, ClientAuthentication], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(role);
        request.CertificateExtensions.Add(names.Build());
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        DateTimeOffset end = now + validFor;
        using X509Certificate2 signed = request.Create(_certificate, now - ClockSkew, end < _certificate.NotAfter ? end : _certificate.NotAfter, serial);
        using X509Certificate2 whole = signed.CopyWithPrivateKey(key);
        return (whole.ExportCertificatePem(), ExportKey(whole));
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static string ExportKey(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }
}
