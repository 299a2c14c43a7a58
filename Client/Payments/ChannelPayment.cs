using System.Net;
using System.Text.Json;
using CocoonOrleans.Client.Requests;
using CocoonOrleans.Market;

namespace CocoonOrleans.Client.Payments;

/// <summary>Pays for requests, and asks the gateway where the payer's own file doesn't say how they ended.</summary>
/// <param name="payer">The channel.</param>
/// <param name="send">Sends to the gateway.</param>
internal sealed class ChannelPayment(ChannelPayer payer, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
{
    private const string TooLow = "voucher_too_low";
    private const int LargestAnswer = 64 << 10;

    private bool _asked;

    /// <summary>Promises what a request may cost.</summary>
    /// <exception cref="SealingRefusedException">The payer's file can't be written: nothing leaves.</exception>
    public async Task<PaidRequest> BeginAsync(ApiCall call, Guid requestId, long holdNano, CancellationToken cancellationToken)
    {
        if (!_asked || payer.NeedsWord)
        {
            // At the start too: a file that was restored would sign serials anew.
            await AskAsync(call, cancellationToken);
        }

        try
        {
            return payer.Begin(requestId, new Nano(holdNano));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new SealingRefusedException(SealingRefusalCodes.PaymentNotKept, $"The channel's file can't be written, so nothing is signed: {e.Message}");
        }
    }

    /// <summary>Ends the payment of a request that the gateway refused.</summary>
    /// <returns>The answer, which can be read again, and whether it helps to sign anew and repeat.</returns>
    public async Task<bool> RefusedAsync(PaidRequest payment, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode >= HttpStatusCode.InternalServerError || response.StatusCode == HttpStatusCode.Conflict)
        {
            payment.Dispose();
            return false;
        }

        payment.Refused();
        if (response.StatusCode != HttpStatusCode.PaymentRequired)
        {
            return false;
        }

        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var error = document.RootElement.GetProperty("error");
            return error.GetProperty("code").GetString() == TooLow && payer.CatchUp(OperatorChannel.Read(error.GetProperty("metadata").GetProperty("channel")));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private async Task AskAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var request = call.Request(HttpMethod.Get, call.Url($"channels/{payer.Channel}"));
        using var response = await send(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            // What the request itself is told is the better answer.
            return;
        }

        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            payer.CatchUp(OperatorChannel.Read(document.RootElement));
            _asked = true;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new SealingRefusedException(SealingRefusalCodes.WorkersMalformed, "The gateway's word on the channel can't be read.");
        }
    }
}
