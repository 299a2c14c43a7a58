using CocoonOrleans.Gateway.Cluster;

namespace CocoonOrleans.Gateway.Errors;

/// <summary>Gives every answer a request id, and every failure OpenAI's error shape, whatever caused it; the inner text of a fault stays in the log.</summary>
internal sealed partial class ErrorBoundary(RequestDelegate next, ILogger<ErrorBoundary> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        http.TraceIdentifier = RequestId.Of(http.Request);
        http.Response.Headers[RequestId.Header] = http.TraceIdentifier;
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.ContentType is null && ForStatus(http) is { } error)
            {
                await error.ExecuteAsync(http);
            }
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client left; there is nobody to answer.
        }
        catch (Exception e)
        {
            await AnswerAsync(http, e);
        }
    }

    private async Task AnswerAsync(HttpContext http, Exception e)
    {
        ApiError error = e switch
        {
            BadHttpRequestException { StatusCode: 413 } => new ApiError(ErrorKinds.RequestTooLarge, "The body is larger than this endpoint takes."),
            BadHttpRequestException { StatusCode: 408 } => new ApiError(ErrorKinds.SlowUpload, "The body came too slowly."),
            BadHttpRequestException => new ApiError(ErrorKinds.InvalidValue, "The request is not valid HTTP."),
            ClusterUnavailableException => new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."),
            _ => new ApiError(ErrorKinds.Internal, $"The gateway failed. Tell the operator the request id {http.TraceIdentifier}."),
        };
        if (error.Kind == ErrorKinds.Internal)
        {
            LogFault(e, http.TraceIdentifier);
        }
        else
        {
            LogRefused(http.TraceIdentifier, error.Kind.Code, e.Message);
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        await error.ExecuteAsync(http);
    }

    private static ApiError? ForStatus(HttpContext http) => http.Response.StatusCode switch
    {
        404 => new ApiError(ErrorKinds.UnknownUrl, $"Unknown request URL: {http.Request.Method} {Shown(http.Request.Path)}."),
        405 => new ApiError(ErrorKinds.MethodNotAllowed, $"{Shown(http.Request.Path)} does not take {http.Request.Method}."),
        415 => new ApiError(ErrorKinds.UnsupportedMediaType, "Send the body as application/json."),
        _ => null,
    };

    private static string Shown(PathString path) => path.Value is { Length: > 100 } value ? value[..100] + "..." : path.Value ?? "/";
}
