using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>
/// The key that a process shows on its tunnels, and a self-signed certificate for it. Only the key is kept on disk: peers know the key, not the
/// certificate, so each start makes a new one (as each attestation epoch will).
/// </summary>
public sealed class TunnelIdentity : IDisposable
{
    /// <summary>Name of the key file in the identity folder.</summary>
    public const string FileName = "tunnel-key.pem";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ECDsa _key;
    private readonly Lock _signing = new();
    private readonly X509Certificate2 _certificate;

    private TunnelIdentity(ECDsa key, TimeProvider time)
    {
        _key = key;
        PublicKey = TunnelPublicKey.TryCreate(key.ExportSubjectPublicKeyInfo())
            ?? throw new CryptographicException("The tunnel key is not a P-256 key.");
        var request = new CertificateRequest($"CN={PublicKey.Id}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = time.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        CertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>The public half.</summary>
    public TunnelPublicKey PublicKey { get; }

    /// <summary>The worker's or gateway's id: hex SHA-256 of the public key.</summary>
    public string Id => PublicKey.Id;

    /// <summary>Signs with the key: ES256, r and s. What is signed begins with the label of its purpose, which no TLS message does.</summary>
    /// <param name="labeled">The bytes.</param>
    public byte[] Sign(ReadOnlyMemory<byte> labeled)
    {
        lock (_signing)
            return _key.SignData(labeled.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal SslStreamCertificateContext CertificateContext { get; }

    /// <summary>A fresh identity that is not kept.</summary>
    public static TunnelIdentity Create(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new TunnelIdentity(ECDsa.Create(ECCurve.NamedCurves.nistP256), time);
    }

    /// <summary>Loads the identity of a folder; makes folder and key (PKCS #8 PEM, readable by the owner only) where there is none.</summary>
    /// <param name="folder">The identity folder.</param>
    /// <param name="time">The clock, for the certificate's dates.</param>
    /// <exception cref="IOException">The file can't be read or written, others than its owner may read it, or it holds no P-256 key; the message says which and what to do.</exception>
    public static TunnelIdentity LoadOrCreate(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(time);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            Save(folder, path);
        return Load(path, time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static void Save(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Under another name first, and on the disk before it gets its own: a crash must not leave half a key.
        string draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
                file.Flush(flushToDisk: true);
            }

            Publish(draft, path);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Gives the draft its name where nobody took that before: of processes that start at once, one makes the key and all load it.</summary>
    private static void Publish(string draft, string path)
    {
        // On Unix, File.Move looks whether the name is taken and then renames, which overwrites what came in between. A link is taken or refused at once;
        // where the file system has no links (FAT), the gap is left.
        if (!OperatingSystem.IsWindows() && Link(draft, path) == 0)
            return;
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    private static TunnelIdentity Load(string path, TimeProvider time)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) is var others and not UnixFileMode.None)
            throw new IOException($"The tunnel key {path} is open to others ({others}); make it private: chmod 600 {path}");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new TunnelIdentity(key, time);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new IOException($"{path} holds no P-256 private key in PEM form; restore it, or move it away to get a new identity.", e);
        }
    }
}
