using System.Text.Json;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>Accounts and keys for the operator, on a listener of their own.</summary>
public sealed class AdminEndpoint(GrainCalls grains, BodyReader bodies, IHostEnvironment environment, TimeProvider time)
{
    /// <summary><c>POST /admin/accounts</c>: makes an account and a key, which is shown this once. With the same <c>account_id</c> again it only makes another key.</summary>
    public async Task<IResult> CreateAccountAsync(HttpContext http)
    {
        (AdminRequest? request, ApiError? error) = await ReadAsync(http);
        if (request is null)
        {
            return error!;
        }

        string accountId = request.AccountId ?? AccountId.Create("acct", time);
        try
        {
            AccountView account = await grains.InvokeAsync(
                (client, token) => client.GetGrain<IClientAccountGrain>(accountId).CreateAsync(new AccountCreation(request.Label ?? accountId), token));
            return await AddKeyAsync(accountId, "first", request, account);
        }
        catch (ArgumentException)
        {
            return new ApiError(ErrorKinds.InvalidValue, "account_id is the name of an account that is not a client's; choose another.") { Param = "account_id" };
        }
    }

    /// <summary><c>GET /admin/accounts/{id}</c>.</summary>
    public async Task<IResult> FindAccountAsync(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!AccountId.IsValid(id)
            || await grains.InvokeAsync((client, token) => client.GetGrain<IClientAccountGrain>(id).GetAsync(token), http.RequestAborted) is not { } account)
        {
            return UnknownAccount();
        }

        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                AccountJson.Write(json, account);
                json.WriteEndObject();
            }),
            "application/json");
    }

    /// <summary><c>POST /admin/accounts/{id}/keys</c>: makes a key, which is shown this once.</summary>
    public async Task<IResult> CreateKeyAsync(string id, HttpContext http)
    {
        (AdminRequest? request, ApiError? error) = await ReadAsync(http);
        if (request is null)
        {
            return error!;
        }

        return AccountId.IsValid(id) ? await AddKeyAsync(id, request.Label ?? "", request, account: null) : UnknownAccount();
    }

    /// <summary><c>DELETE /admin/accounts/{id}/keys/{keyId}</c>: revokes a key; within five seconds it works nowhere.</summary>
    public async Task<IResult> RevokeKeyAsync(string id, string keyId)
    {
        bool known = AccountId.IsValid(id)
            && ApiKey.IsKeyId(keyId)
            && await grains.InvokeAsync((client, token) => client.GetGrain<IClientAccountGrain>(id).RevokeKeyAsync(keyId, token));
        return known ? Results.NoContent() : new ApiError(ErrorKinds.UnknownKey, "The account has no such key.");
    }

    private async Task<IResult> AddKeyAsync(string accountId, string label, AdminRequest request, AccountView? account)
    {
        var key = ApiKey.Create(accountId);
        string? lowest = request.LowestTrustIn(environment);
        var creation = new ApiKeyCreation(key.KeyId, key.SecretHash.ToArray(), label, lowest, request.MayLowerTrust);
        if (!await grains.InvokeAsync((client, token) => client.GetGrain<IClientAccountGrain>(accountId).AddKeyAsync(creation, token)))
        {
            return UnknownAccount();
        }

        byte[] body = AnswerJson.Write(json =>
        {
            json.WriteStartObject();
            if (account is not null)
            {
                AccountJson.Write(json, account);
            }

            json.WriteString("key_id", key.KeyId);
            json.WriteString("api_key", key.Reveal());
            KeyJson.WriteTrust(json, lowest, request.MayLowerTrust);
            json.WriteEndObject();
        });
        return new CreatedDocument(body);
    }

    private async Task<(AdminRequest? Request, ApiError? Error)> ReadAsync(HttpContext http)
    {
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return (null, error);
        }

        AdminRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, AdminJson.Default.AdminRequest);
        }
        catch (JsonException e)
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object of label, account_id, lowest_trust and may_lower_trust.") { Param = e.Path });
        }

        if (request is null || request.Label?.Length > AdminRequest.MaxLabelLength)
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, $"label must have at most {AdminRequest.MaxLabelLength} characters.") { Param = "label" });
        }

        if (request.LowestTrust is { } trust && trust != AdminRequest.NoTrust && !KeyJson.Trusts.Contains(trust))
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, $"lowest_trust must be {string.Join(", ", KeyJson.Trusts)} or {AdminRequest.NoTrust}.") { Param = "lowest_trust" });
        }

        return request.AccountId is null || AccountId.IsValid(request.AccountId)
            ? (request, null)
            : (null, new ApiError(ErrorKinds.InvalidValue, $"account_id must be 1 to {AccountId.MaxLength} letters, digits and '-'.") { Param = "account_id" });
    }

    private static ApiError UnknownAccount() => new(ErrorKinds.UnknownAccount, "There is no such account.");

    private sealed class CreatedDocument(byte[] body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status201Created;
            httpContext.Response.ContentType = "application/json";
            httpContext.Response.Headers.CacheControl = "no-store";
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
