namespace CocoonOrleans.Gateway.Hosting;

/// <summary>
/// Marks the connections of the admin listener and the endpoints that are served there, so that neither API can be reached through the other's port.
/// </summary>
public sealed class AdminListener
{
    /// <summary>The mark.</summary>
    public static AdminListener Mark { get; } = new();

    private AdminListener()
    {
    }

    /// <summary>Hides endpoints from the listener that they are not for.</summary>
    public static Task SeparateAsync(HttpContext http, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(next);
        bool adminConnection = http.Features.Get<AdminListener>() is not null;
        if (http.GetEndpoint() is { } endpoint && adminConnection != endpoint.Metadata.GetMetadata<AdminListener>() is not null)
        {
            http.SetEndpoint(null);
        }

        return next(http);
    }
}
