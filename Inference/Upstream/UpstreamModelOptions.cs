using System.ComponentModel.DataAnnotations;
using System.Net;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>Where a model is computed that is not computed in this process.</summary>
public sealed class UpstreamModelOptions : IValidatableObject
{
    private const string IdPattern = "^[\\x21-\\x7E]([\\x20-\\x7E]{0,254}[\\x21-\\x7E])?$";

    /// <summary>Where the server listens, without a path, such as <c>http://127.0.0.1:8000</c>.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary>The model's name at the server, as its <c>/v1/models</c> lists it: 1 to 256 printable ASCII characters.</summary>
    [Required, RegularExpression(IdPattern, ErrorMessage = "must be 1 to 256 printable ASCII characters.")]
    public string Model { get; set; } = "";

    /// <summary>
    /// Which weights the server is declared to run, exactly: repository, revision, precision; 1 to 256 printable ASCII characters. It is part of the model's
    /// manifest, but a declaration: nothing here can see the weights.
    /// </summary>
    [Required, RegularExpression(IdPattern, ErrorMessage = "must be 1 to 256 printable ASCII characters.")]
    public string Weights { get; set; } = "";

    /// <summary>Highest sum of prompt and completion tokens, 2 to 1,048,576; null takes what the server says.</summary>
    [Range(2, 1_048_576)]
    public int? ContextTokens { get; set; }

    /// <summary>Whether the model makes embeddings; otherwise it generates. How wide its vectors are is found out.</summary>
    public bool Embeds { get; set; }

    /// <summary>Which API the server is asked by.</summary>
    [EnumDataType(typeof(UpstreamDialect))]
    public UpstreamDialect Dialect { get; set; } = UpstreamDialect.Auto;

    /// <summary>Allows a server on another machine. Prompts and answers then leave this one, and with it everything that was attested.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>The server's API key; null where it asks for none. Printable ASCII, at most 1024 characters.</summary>
    [RegularExpression("^[\\x21-\\x7E]{1,1024}$", ErrorMessage = "must be 1 to 1024 printable ASCII characters without blanks.")]
    public string? ApiKey { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Parse(Address) is not { } address)
        {
            yield return new ValidationResult("must be http:// or https:// with host and port and nothing behind, such as http://127.0.0.1:8000.", [nameof(Address)]);
        }
        else if (!AllowRemote && !NamesThisMachine(address))
        {
            yield return new ValidationResult(
                "must be a loopback address: prompts and answers would leave this machine, and with it what is attested. To allow that, set AllowRemote.", [nameof(Address)]);
        }
    }

    /// <summary>The address.</summary>
    /// <exception cref="InvalidOperationException">The options are not valid.</exception>
    internal Uri ToUri() => Parse(Address) ?? throw new InvalidOperationException("The address was not validated.");

    private static Uri? Parse(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : null;

    // A name can be made to lead anywhere, so the connection looks again where it ends.
    private static bool NamesThisMachine(Uri address)
        => address.Host == "localhost" || (IPAddress.TryParse(address.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip));
}
