using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.ClusterTls;

/// <summary>
/// The certificates by which silos and gateways know each other; section <c>Cluster:Tls</c>. All three files, or none: then connections are not encrypted and stay on the loopback address.
/// Files that change are read again, so a certificate can be renewed without a restart.
/// </summary>
public sealed class ClusterTlsOptions : IValidatableObject
{
    /// <summary>This process's certificate in PEM, with what lies between it and the authority.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>Its private key in PEM (PKCS #8), readable by this process only.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The authority's certificates in PEM: whoever has one of theirs, for the right role, is let in.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>Whether connections are encrypted.</summary>
    public bool IsOn => CertificateFile is { Length: > 0 };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? File)[] files = [(nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(AuthorityFile), AuthorityFile)];
        if (files.All(static file => string.IsNullOrEmpty(file.File)))
        {
            yield break;
        }

        foreach ((string name, string? file) in files)
        {
            if (string.IsNullOrEmpty(file))
            {
                yield return new ValidationResult("must be set where one of CertificateFile, KeyFile and AuthorityFile is. ./cocoon cluster certificates makes all of them.", [name]);
            }
            else if (!File.Exists(file))
            {
                yield return new ValidationResult("names no file. ./cocoon cluster certificates makes it.", [name]);
            }
        }
    }
}
