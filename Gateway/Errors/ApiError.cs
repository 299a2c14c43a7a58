using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Gateway.Errors;

/// <summary>
/// A refusal as the client sees it: OpenAI's <c>{"error":{"message","type","param","code"}}</c> with all four keys, and <c>metadata</c> where there is
/// more to say.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">One sentence or two for people, never with a secret or a part of a prompt.</param>
public sealed record ApiError(ErrorKind Kind, string Message) : IResult
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The field of the request that is at fault.</summary>
    public string? Param { get; init; }

    /// <summary>More for programs: what was missing, what was tried.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>When it is worth trying again; counts for retryable kinds only, and is then at least one second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Writes status, headers and body.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        HttpResponse response = httpContext.Response;
        response.StatusCode = Kind.Status;
        response.ContentType = "application/json";
        if (Kind.IsRetryable)
        {
            long milliseconds = Math.Max(1000, (long)Math.Ceiling(RetryAfter.TotalMilliseconds));
            response.Headers.RetryAfter = ((milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
        }
        else if (Kind.IsFinal)
        {
            response.Headers["x-should-retry"] = "false";
        }

        if (Kind.Status == 401)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        byte[] body = ToUtf8();
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>The body.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", Message);
            json.WriteString("type", Kind.Type);
            json.WriteString("param", Param);
            json.WriteString("code", Kind.Code);
            if (Metadata is not null)
            {
                json.WritePropertyName("metadata");
                Metadata.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
