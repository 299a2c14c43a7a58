using System.Net.Http.Headers;
using System.Text.Json;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>
/// Fetches what is needed to judge a GPU from NVIDIA's services, or from what plays them: reference values by their name, and answers about revocation. Neither
/// is trusted: all is signed. Everything is bounded in size and time. A typed client: the handler should follow no redirect.
/// </summary>
public sealed class ReferenceClient
{
    /// <summary>NVIDIA's service of reference values.</summary>
    public static readonly Uri NvidiaReferences = new("https://rim.attestation.nvidia.com/v1/rim/");

    /// <summary>NVIDIA's OCSP responder.</summary>
    public static readonly Uri NvidiaRevocation = new("http://ocsp.ndis.nvidia.com/");

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue RequestType = new("application/ocsp-request");

    private readonly HttpClient _http;
    private readonly Uri _references;
    private readonly Uri _revocation;
    private readonly TimeProvider _time;

    /// <param name="http">A client that has sent nothing yet: its bounds are set here.</param>
    /// <param name="references">Where reference values are; the name is added to it, so it ends with a slash.</param>
    /// <param name="revocation">The OCSP responder.</param>
    /// <param name="time">For the time limit, 30 seconds for all.</param>
    public ReferenceClient(HttpClient http, Uri references, Uri revocation, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(revocation);
        ArgumentNullException.ThrowIfNull(time);
        if (!references.IsAbsoluteUri || !references.AbsolutePath.EndsWith('/'))
        {
            throw new ArgumentException("The address of reference values is absolute and ends with a slash.", nameof(references));
        }

        http.MaxResponseContentBufferSize = 2 * ReferenceManifest.LargestBytes;
        http.Timeout = Timeout.InfiniteTimeSpan; // The limit is of all of it, by the clock that is handed in.
        (_http, _references, _revocation, _time) = (http, references, revocation, time);
    }

    /// <summary>Fetches what <see cref="GpuVerifier.Verify"/> asks for about one GPU.</summary>
    /// <param name="verifier">Who will judge.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The documents; null with the reason where they can't be had.</returns>
    public async Task<(GpuReferences? References, Refusal? Refusal)> FetchAsync(GpuVerifier verifier, GpuDevice device, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentNullException.ThrowIfNull(device);
        using var limit = new CancellationTokenSource(TimeLimit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        GpuReferences? fetched = null;
        var refusal = await RefusalEdge.RunAsync(async () =>
        {
            try
            {
                fetched = await FetchAllAsync(verifier, device, ended.Token);
            }
            catch (HttpRequestException fault)
            {
                throw new RefusedException(RefusalCodes.GpuReferenceMissing, $"NVIDIA's documents were expected; they can't be had ({fault.Message})");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RefusedException(RefusalCodes.GpuReferenceMissing, $"NVIDIA's documents were expected within {TimeLimit.TotalSeconds:0} s");
            }
        });
        return (refusal is null ? fetched : null, refusal);
    }

    private async Task<GpuReferences> FetchAllAsync(GpuVerifier verifier, GpuDevice device, CancellationToken cancellationToken)
    {
        var report = GpuReport.Parse(device.Report);
        ReadOnlyMemory<byte>[] manifests =
        [
            await FetchManifestAsync(ReferenceNames.Driver(report), cancellationToken),
            await FetchManifestAsync(ReferenceNames.Vbios(report), cancellationToken),
        ];
        var (requests, refusal) = verifier.RevocationRequests(device.Chain.Span, manifests);
        if (refusal is not null)
        {
            throw new RefusedException(refusal.Code, refusal.Reason);
        }

        List<ReadOnlyMemory<byte>> answers = [];
        foreach (var request in requests!)
        {
            answers.Add(await AskAsync(request, cancellationToken));
        }

        return new GpuReferences { Manifests = manifests, RevocationAnswers = answers };
    }

    private async Task<ReadOnlyMemory<byte>> FetchManifestAsync(string name, CancellationToken cancellationToken)
    {
        // The name comes from a report: whatever it says, it stays one segment below the service's address.
        using var response = await _http.GetAsync(new Uri(_references, Uri.EscapeDataString(name)), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new RefusedException(RefusalCodes.GpuReferenceMissing, $"NVIDIA's service was expected to have {name}; it answered {(int)response.StatusCode}");
        }

        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("rim", out var manifest)
            && manifest.ValueKind == JsonValueKind.String
            && manifest.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw ReferenceManifest.Format("an object with the member rim in base64 was expected from NVIDIA's service");
    }

    private async Task<ReadOnlyMemory<byte>> AskAsync(byte[] request, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = RequestType;
        using var response = await _http.PostAsync(_revocation, content, cancellationToken);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new RefusedException(RefusalCodes.GpuRevocationMissing, $"an OCSP answer was expected; the responder answered {(int)response.StatusCode}");
    }
}
