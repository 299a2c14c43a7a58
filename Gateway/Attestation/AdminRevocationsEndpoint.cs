using System.Text.Json;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Attestation;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Revocations for the operator. What is revoked is out of this gateway when the call returns, and of the others a moment later.</summary>
public sealed class AdminRevocationsEndpoint(GrainCalls grains, Revocations revocations, BodyReader bodies)
{
    /// <summary><c>GET /admin/revocations</c>.</summary>
    public async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        RevocationList list = (await grains.InvokeAsync((client, token) => client.GetGrain<IRevocationGrain>(0).GetAsync(-1, token), cancellationToken))!;
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("version", list.Version);
                json.WriteStartArray("revocations");
                foreach (Revocation revocation in list.Revocations)
                {
                    Write(json, revocation);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }),
            "application/json");
    }

    /// <summary><c>POST /admin/revocations</c>. May be repeated.</summary>
    public async Task<IResult> RevokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return error;
        }

        RevocationRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, RevocationJson.Default.RevocationRequest);
        }
        catch (JsonException e)
        {
            return new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object of kind, value and reason.") { Param = e.Path };
        }

        if (request is null || ParseKind(request.Kind) is not { } kind)
        {
            return UnknownKind();
        }

        try
        {
            var asked = new Revocation(kind, request.Value, request.Reason, default);
            Revocation stored = await grains.InvokeAsync((client, token) => client.GetGrain<IRevocationGrain>(0).RevokeAsync(asked, token));
            await revocations.RefreshAsync(http.RequestAborted);
            return Results.Bytes(AnswerJson.Write(json => Write(json, stored)), "application/json");
        }
        catch (ArgumentException e)
        {
            return new ApiError(ErrorKinds.InvalidValue, e.Message.Split(" (Parameter")[0]) { Param = e.Message.StartsWith("Reason", StringComparison.Ordinal) ? "reason" : "value" };
        }
    }

    /// <summary><c>DELETE /admin/revocations/{kind}/{value}</c>. May be repeated. The worker comes back when it dials next.</summary>
    public async Task<IResult> RestoreAsync(string kind, string value, CancellationToken cancellationToken)
    {
        if (ParseKind(kind) is not { } known)
        {
            return UnknownKind();
        }

        await grains.InvokeAsync((client, token) => client.GetGrain<IRevocationGrain>(0).RestoreAsync(known, value, token), cancellationToken);
        await revocations.RefreshAsync(cancellationToken);
        return Results.NoContent();
    }

    private static RevocationKind? ParseKind(string name) => name switch
    {
        "worker" => RevocationKind.Worker,
        "platform" => RevocationKind.Platform,
        "image" => RevocationKind.Image,
        "measurement" => RevocationKind.Measurement,
        _ => null,
    };

    private static ApiError UnknownKind() => new(ErrorKinds.InvalidValue, "kind must be worker, platform, image or measurement.") { Param = "kind" };

    private static void Write(Utf8JsonWriter json, Revocation revocation)
    {
        json.WriteStartObject();
        json.WriteString("kind", revocation.Kind.ToString().ToLowerInvariant());
        json.WriteString("value", revocation.Value);
        json.WriteString("reason", revocation.Reason);
        json.WriteString("since", revocation.Since);
        json.WriteEndObject();
    }
}
