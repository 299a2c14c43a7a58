using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Asks for collateral (Intel SGX and TDX Provisioning Certification Service API, version 4). A typed client: whoever makes it owns the
/// <see cref="HttpClient"/>, whose primary handler is one of <see cref="CreateHandler"/>. Everything is bounded in size and time, and no redirect is followed.
/// </summary>
public sealed class ProvisioningClient
{
    private const int LargestPart = 2 * 1024 * 1024;
    private const int LongestChain = 16 * 1024;
    private const int LargestHeadersKib = 64;
    private const int SignatureBytes = 64;
    private const byte DerSequence = 0x30;

    private readonly HttpClient _http;
    private readonly ProvisioningOptions _options;
    private readonly TimeProvider _time;

    /// <param name="http">A client that has sent nothing yet: its bounds are set here.</param>
    /// <param name="options">Where to ask.</param>
    /// <param name="time">For the time limit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ProvisioningClient(HttpClient http, ProvisioningOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        http.MaxResponseContentBufferSize = LargestPart;
        http.Timeout = Timeout.InfiniteTimeSpan; // The limit below is of the whole set, by the clock that is handed in.
        (_http, _options, _time) = (http, options, time);
    }

    /// <summary>A handler that fits: it follows no redirect and bounds the headers, in which the chains come.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseHeadersLength = LargestHeadersKib,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <exception cref="RefusedException">It can't be had, or has no known form.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task<FetchedCollateral> FetchAsync(CollateralSubject subject, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await FetchAllAsync(subject, ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"{_options.BaseAddress} did not give it within {_options.TimeLimit.TotalSeconds:0} s");
        }
        catch (HttpRequestException fault)
        {
            throw Unavailable($"{_options.BaseAddress} did not give it ({fault.Message})");
        }
    }

    private static RefusedException Unavailable(string why) => new(RefusalCodes.CollateralUnavailable, $"collateral was expected; {why}");

    private static RefusedException Format(string expected) => new(RefusalCodes.CollateralFormat, expected);

    // One update channel only: mixed with "early" its numbers would fall again.
    private async Task<FetchedCollateral> FetchAllAsync(CollateralSubject subject, CancellationToken cancellationToken)
    {
        var authority = subject.Authority == PckAuthority.Platform ? "platform" : "processor";
        var tcb = await GetAsync($"tdx/certification/v4/tcb?fmspc={subject.Fmspc.ToUpperInvariant()}&update=standard", "TCB-Info-Issuer-Chain", cancellationToken);
        var identity = await GetAsync("tdx/certification/v4/qe/identity?update=standard", "SGX-Enclave-Identity-Issuer-Chain", cancellationToken);
        var pckCrl = await GetAsync($"sgx/certification/v4/pckcrl?ca={authority}&encoding=der", "SGX-PCK-CRL-Issuer-Chain", cancellationToken);
        var rootCrl = await GetAsync(_options.RootCrlAddress ?? new Uri(_options.BaseAddress, "sgx/certification/v4/rootcacrl"), null, cancellationToken);
        var (tcbInfo, tcbInfoSignature) = Document(tcb.Body, "tcbInfo");
        var (qeIdentity, qeIdentitySignature) = Document(identity.Body, "enclaveIdentity");
        return new FetchedCollateral(
            Collateral.Of(tcbInfo, tcbInfoSignature, tcb.Chain, qeIdentity, qeIdentitySignature, identity.Chain, Crl(rootCrl.Body, "root CA's CRL"), Crl(pckCrl.Body, "PCK CRL")),
            pckCrl.Chain);
    }

    private Task<(byte[] Body, byte[] Chain)> GetAsync(string path, string chainHeader, CancellationToken cancellationToken) =>
        GetAsync(new Uri(_options.BaseAddress, path), chainHeader, cancellationToken);

    private async Task<(byte[] Body, byte[] Chain)> GetAsync(Uri address, string? chainHeader, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(address, cancellationToken);

        // The second: of a handler that is not ours and followed one.
        if (answer.StatusCode != HttpStatusCode.OK || answer.RequestMessage?.RequestUri != address)
        {
            throw Unavailable($"{address} answered {(int)answer.StatusCode}{((int)answer.StatusCode is >= 300 and < 400 || answer.IsSuccessStatusCode ? ", and redirects are not followed" : "")}");
        }

        return (await answer.Content.ReadAsByteArrayAsync(cancellationToken), chainHeader is null ? [] : Chain(answer, chainHeader));
    }

    private static byte[] Chain(HttpResponseMessage answer, string header)
    {
        string[] values = answer.Headers.TryGetValues(header, out var found) ? [.. found] : [];
        var chain = values is [{ Length: <= LongestChain } only] ? Uri.UnescapeDataString(only) : throw Format($"header {header}, once and with at most {LongestChain} characters, was expected");
        return Ascii.IsValid(chain) ? Encoding.ASCII.GetBytes(chain) : throw Format($"header {header} was expected to be PEM");
    }

    /// <summary>The signed bytes of a document as they stand, and r and s.</summary>
    private static (byte[] Signed, byte[] Signature) Document(byte[] body, string name)
    {
        using var document = SignedJson.Parse(body, name, RefusalCodes.CollateralFormat);
        var signature = new SignedJson(document.RootElement, "answer", RefusalCodes.CollateralFormat).Hex("signature", SignatureBytes);
        return document.RootElement.TryGetProperty(name, out var signed) && signed.ValueKind == JsonValueKind.Object
            ? (JsonMarshal.GetRawUtf8Value(signed).ToArray(), signature)
            : throw Format($"an object {name} was expected in the answer");
    }

    /// <summary>DER as it is from Intel; in hex from a cache. The first byte tells: hex of DER begins with the digit 3.</summary>
    private static byte[] Crl(byte[] body, string name)
    {
        if (body is [DerSequence, ..])
        {
            return body;
        }

        var text = Encoding.Latin1.GetString(body).Trim();
        return text.Length % 2 == 0 && text.Length > 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : throw Format($"the {name} was expected in DER or hex");
    }
}
