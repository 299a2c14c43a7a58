using System.Buffers;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CocoonOrleans.Gateway.Limits;

/// <summary>Reads a body within its limits of size and time.</summary>
public sealed class BodyReader(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>The usual content type.</summary>
    public const string Json = "application/json";

    private const int FirstBufferBytes = 64 << 10;

    /// <summary>Reads the whole body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="mediaType">The content type that it must have.</param>
    /// <param name="overheadBytes">How many bytes it may have beyond the limit.</param>
    /// <returns>The body, or why it is refused.</returns>
    public async Task<(byte[] Body, ApiError? Error)> ReadAsync(HttpContext http, string mediaType = Json, int overheadBytes = 0)
    {
        ArgumentNullException.ThrowIfNull(http);
        LimitOptions limits = options.Value.Limits;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // The limit is kept here. The server's own would also cut the moment in which it takes and drops what is still coming after the refusal was
            // sent; clients that are still sending would see a broken connection instead of the refusal.
            size.MaxRequestBodySize = null;
        }

        int mostBytes = limits.MaxBodyBytes + overheadBytes;
        if (FindFault(http.Request, mediaType, mostBytes) is { } fault)
        {
            return ([], fault);
        }

        using var limit = new CancellationTokenSource(limits.BodyLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, limit.Token);
        try
        {
            // One byte more than allowed tells a body that is too large.
            return await ReadAsync(http.Request, mostBytes, either.Token) is { } body ? (body, null) : ([], TooLarge(mostBytes));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Headers.Connection = "close";
            return ([], new ApiError(ErrorKinds.SlowUpload, $"The body did not arrive within {limits.BodyLimit.TotalSeconds:0.#} s."));
        }
    }

    private static ApiError? FindFault(HttpRequest request, string mediaType, int mostBytes)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new ApiError(ErrorKinds.UnsupportedMediaType, $"Send the body as Content-Type: {mediaType}.");
        }

        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            return new ApiError(ErrorKinds.UnsupportedMediaType, "Send the body uncompressed.");
        }

        return request.ContentLength > mostBytes ? TooLarge(mostBytes) : null;
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        // What the header promises may never come: no more is taken for it than a usual request has.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? FirstBufferBytes, FirstBufferBytes) + 1);
        int length = 0;
        try
        {
            while (true)
            {
                int got = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (got == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += got;
                if (length > maxBytes)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }
            }
        }
        finally
        {
            // Parts of a prompt.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ApiError TooLarge(int mostBytes) =>
        new(ErrorKinds.RequestTooLarge, $"The body is larger than {mostBytes} bytes, the most that this endpoint takes.");
}
