using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>Lets a request in that has the admin token: the content of the file <c>admin-token</c> in the data folder, made at the first start.</summary>
public sealed class AdminAuthentication : IEndpointFilter
{
    /// <summary>The file's name.</summary>
    public const string FileName = "admin-token";

    private const string Scheme = "Bearer ";

    private readonly byte[] _hash;

    /// <summary>Reads or makes the token.</summary>
    /// <exception cref="IOException">The file can't be read or written, or others than its owner may read it.</exception>
    public AdminAuthentication(IOptions<GatewayOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string token = SecretFile.LoadOrCreate(Path.Combine(options.Value.DataFolder, FileName), () => RandomNumberGenerator.GetHexString(64, lowercase: true));
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        string header = context.HttpContext.Request.Headers.Authorization.ToString();
        bool valid = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), _hash);
        return valid ? next(context) : ValueTask.FromResult<object?>(new ApiError(ErrorKinds.InvalidAdminToken, "The admin token is missing or wrong."));
    }
}
