using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// Speaks toncenter's HTTP API, version 2, to one endpoint: a public one, or the development chain. It doesn't repeat calls and compares no
/// endpoints: <see cref="TonChain"/> does.
/// </summary>
/// <param name="http">Makes the calls; its time-out and addresses are not used.</param>
/// <param name="options">The endpoint.</param>
/// <param name="clock">For the time-out.</param>
public sealed class ToncenterClient(HttpClient http, ToncenterOptions options, TimeProvider clock) : IChainApi
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private const int MaxErrorLength = 300;
    private const int MaxPage = 100;

    /// <inheritdoc/>
    public Task<uint> GetMasterchainSeqnoAsync(CancellationToken cancellation) =>
        CallAsync("getMasterchainInfo", new { }, result => result.GetProperty("last").GetProperty("seqno").GetUInt32(), cancellation);

    /// <inheritdoc/>
    public Task<AccountState> GetAccountAsync(TonAddress address, uint? seqno, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        return CallAsync("getAddressInformation", WithSeqno(seqno, ("address", address.ToString())), ReadAccount, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Transaction>> GetTransactionsAsync(TonAddress address, TransactionId? from, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        var parameters = new Dictionary<string, object> { ["address"] = address.ToString(), ["limit"] = limit };
        if (from is { } first)
        {
            parameters["lt"] = first.Lt.ToString(CultureInfo.InvariantCulture);
            parameters["hash"] = first.Hash.ToString();
        }

        return CallAsync("getTransactions", parameters, result => ReadTransactions(result, address, from, limit), cancellation);
    }

    /// <inheritdoc/>
    public Task<GetMethodResult> RunGetMethodAsync(TonAddress address, string method, uint? seqno, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        var parameters = WithSeqno(seqno, ("address", address.ToString()), ("method", method), ("stack", Array.Empty<object>()));
        return CallAsync("runGetMethod", parameters, ReadMethodResult, cancellation);
    }

    /// <inheritdoc/>
    public Task SendAsync(Cell message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        byte[] boc = Boc.Write(message);
        return boc.Length <= BocLimits.External.MaxBytes
            ? CallAsync("sendBoc", new { boc = Convert.ToBase64String(boc) }, _ => true, cancellation)
            : throw new ArgumentException($"{boc.Length} bytes; nodes take {BocLimits.External.MaxBytes}.", nameof(message));
    }

    /// <inheritdoc/>
    public Task<Cell> GetConfigParamAsync(int number, CancellationToken cancellation) => CallAsync(
        "getConfigParam",
        new { config_id = number },
        result => Boc.ParseBase64(result.GetProperty("config").GetProperty("bytes").GetString(), "config"),
        cancellation);

    private static Dictionary<string, object> WithSeqno(uint? seqno, params (string Name, object Value)[] others)
    {
        var parameters = others.ToDictionary(other => other.Name, other => other.Value);
        if (seqno is { } pinned)
        {
            parameters["seqno"] = pinned;
        }

        return parameters;
    }

    private async Task<T> CallAsync<T>(string name, object parameters, Func<JsonElement, T> read, CancellationToken cancellation)
    {
        // The endpoint's own logs may know the id; so do the messages of what went wrong here.
        string requestId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        string method = $"{name} (request {requestId})";
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        bool isBroken = false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Address, name)) { Content = JsonContent.Create(parameters) };
            request.Headers.Add("X-Request-Id", requestId);
            if (options.ApiKey is not null)
            {
                request.Headers.Add("X-API-Key", options.ApiKey);
            }

            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                throw new ChainException(ChainFailure.RateLimited, $"{method}: too many calls");
            }

            // 500 has the endpoint's own words in it; these are of what stands before it.
            if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            {
                throw new ChainException(ChainFailure.Unavailable, $"{method}: status {(int)response.StatusCode}");
            }

            isBroken = response.StatusCode >= HttpStatusCode.InternalServerError;
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            using JsonDocument answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(either.Token), default, either.Token);
            return ReadAnswer(method, answer.RootElement, read);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new ChainException(ChainFailure.Unavailable, $"{method}: no answer in {options.Timeout}", late);
        }
        catch (HttpRequestException broken)
        {
            throw new ChainException(ChainFailure.Unavailable, $"{method}: {broken.Message}", broken);
        }
        catch (JsonException malformed)
        {
            // A refusal is JSON also where its status is 500; a page of a proxy isn't.
            throw new ChainException(isBroken ? ChainFailure.Unavailable : ChainFailure.BadAnswer, $"{method}: the answer is not JSON", malformed);
        }
    }

    private static T ReadAnswer<T>(string method, JsonElement answer, Func<JsonElement, T> read)
    {
        try
        {
            if (!answer.GetProperty("ok").GetBoolean())
            {
                string error = answer.TryGetProperty("error", out JsonElement text) ? text.GetString() ?? "" : "";
                throw new ChainException(ChainFailure.Refused, $"{method}: {error[..Math.Min(error.Length, MaxErrorLength)]}");
            }

            return read(answer.GetProperty("result"));
        }
        catch (Exception malformed) when (malformed is TonFormatException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new ChainException(ChainFailure.BadAnswer, $"{method}: {malformed.Message}", malformed);
        }
    }

    private static AccountState ReadAccount(JsonElement result)
    {
        AccountStatus status = result.GetProperty("state").GetString() switch
        {
            "active" => AccountStatus.Active,
            "frozen" => AccountStatus.Frozen,
            "uninitialized" => AccountStatus.Uninitialized,
            _ => throw new TonFormatException("state", "a state that isn't known"),
        };
        TransactionId last = ReadId(result.GetProperty("last_transaction_id"));
        return new AccountState(
            status,
            ReadNano(result.GetProperty("balance"), "balance"),
            ReadMaybeCell(result, "code", BocLimits.Default),
            ReadMaybeCell(result, "data", BocLimits.AccountData),
            last.Lt == 0 ? null : last,
            result.GetProperty("block_id").GetProperty("seqno").GetUInt32(),
            result.GetProperty("sync_utime").GetUInt32());
    }

    /// <summary>Read from the transactions' own bytes; of what the endpoint says about them beside, only their names are looked at, and must be right.</summary>
    private static IReadOnlyList<Transaction> ReadTransactions(JsonElement result, TonAddress address, TransactionId? from, int limit)
    {
        var read = new List<Transaction>();
        TransactionId? expected = from;
        foreach (JsonElement row in result.EnumerateArray())
        {
            Transaction transaction = TransactionReader.Read(Boc.ParseBase64(row.GetProperty("data").GetString(), "data"));
            var id = new TransactionId(transaction.Lt, transaction.Hash);
            if (id != ReadId(row.GetProperty("transaction_id")))
            {
                throw new TonFormatException("transaction_id", "another hash or logical time than the transaction's");
            }

            if (transaction.Account != address.Account)
            {
                throw new TonFormatException("data", "a transaction of another account");
            }

            if (read.Count > 0 && id == new TransactionId(read[^1].Lt, read[^1].Hash))
            {
                continue; // the same row twice
            }

            if (expected is { } wanted && id != wanted)
            {
                throw new TonFormatException("data", "a transaction that isn't the one before");
            }

            if (read.Count == limit)
            {
                throw new TonFormatException("result", $"more than {limit} transactions");
            }

            read.Add(transaction);
            expected = new TransactionId(transaction.PreviousLt, transaction.PreviousHash);
        }

        return read;
    }

    private static GetMethodResult ReadMethodResult(JsonElement result) => new(
        result.GetProperty("exit_code").GetInt32(),
        [.. result.GetProperty("stack").EnumerateArray().Select(ReadStackItem)]);

    private static StackItem ReadStackItem(JsonElement item) => (item.GetArrayLength() == 2 ? item[0].GetString() : throw new TonFormatException("stack", "not an item of a type and a value")) switch
    {
        "num" => new StackItem(ReadHex(item[1].GetString()), null),
        "cell" => new StackItem(null, Boc.ParseBase64(item[1].GetProperty("bytes").GetString(), "stack")),
        _ => new StackItem(null, null),
    };

    private static BigInteger ReadHex(string? text)
    {
        bool negative = text?.StartsWith('-') == true;
        ReadOnlySpan<char> digits = negative ? text.AsSpan(1) : text;
        if (!digits.StartsWith("0x") || digits.Length > 2 + 65
            || !BigInteger.TryParse($"0{digits[2..]}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number))
        {
            throw new TonFormatException("stack", "not an integer");
        }

        return negative ? -number : number;
    }

    private static TransactionId ReadId(JsonElement id)
    {
        byte[] hash = Convert.FromBase64String(id.GetProperty("hash").GetString() ?? "");
        return ulong.TryParse(id.GetProperty("lt").GetString(), CultureInfo.InvariantCulture, out ulong lt) && hash.Length == Bits256.Length
            ? new TransactionId(lt, new Bits256(hash))
            : throw new TonFormatException("last_transaction_id", "not a transaction's name");
    }

    /// <summary>A string in the documentation, a number in some answers.</summary>
    private static Nano ReadNano(JsonElement value, string field)
    {
        string? text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString();
        return Nano.TryParse(text, out Nano amount) && amount >= Nano.Zero ? amount : throw new TonFormatException(field, "not an amount");
    }

    private static Cell? ReadMaybeCell(JsonElement result, string name, BocLimits limits)
    {
        string? text = result.GetProperty(name).GetString();
        return string.IsNullOrEmpty(text) ? null : Boc.ParseBase64(text, name, limits);
    }
}
