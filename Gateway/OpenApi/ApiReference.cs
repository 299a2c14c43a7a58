using Scalar.AspNetCore;

namespace CocoonOrleans.Gateway.OpenApi;

/// <summary>The OpenAPI document and a page on which people read it and try it. Neither needs a key.</summary>
internal static class ApiReference
{
    private const string DocumentPath = "/openapi/v1.json";
    private const string PagePath = "/reference";

    // Script and style of the page come with the gateway. Whatever else it would fetch is not fetched: a reader's browser tells nobody else that it reads here.
    private const string Policy =
        "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static void MapApiReference(this WebApplication app)
    {
        app.MapGet(DocumentPath, (ApiDocument document) => document.Get());
        app.MapScalarApiReference(PagePath, static reference =>
        {
            reference.Title = "CocoonOrleans";
            reference.OpenApiRoutePattern = DocumentPath;
            reference.DefaultFonts = false;
            reference.HideClientButton = true;
        }).AddEndpointFilter(static (context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
            return next(context);
        });
    }
}
