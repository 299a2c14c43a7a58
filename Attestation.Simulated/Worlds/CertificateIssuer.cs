using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>Makes the certificates of one world: each holds from a year before until a year after its beginning.</summary>
/// <param name="start">The world's beginning.</param>
internal sealed class CertificateIssuer(DateTimeOffset start)
{
    private int _serial = 0x40000000;

    public X509Certificate2 SelfSigned(string name, ECDsa key) => Issue(new CertificateSettings(name, key) { IsAuthority = true }, name, key);

    public X509Certificate2 Issue(CertificateSettings settings, string issuerName, ECDsa issuerKey)
    {
        using var other = settings.HasP521Key ? ECDsa.Create(ECCurve.NamedCurves.nistP521) : null;
        var request = new CertificateRequest(settings.Name, other ?? settings.Key, settings.HasSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(settings.IsAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            settings.IsAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (settings.Extension is { } extension)
        {
            request.CertificateExtensions.Add(new X509Extension(PckExtensionWriter.Identifier, extension, critical: false));
        }

        var serial = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(serial, Interlocked.Increment(ref _serial));
        return request.Create(
            new X500DistinguishedName(issuerName),
            X509SignatureGenerator.CreateForECDsa(issuerKey),
            start.AddYears(-1),
            start.AddDays(settings.IsExpired ? -1 : 365),
            serial);
    }
}
