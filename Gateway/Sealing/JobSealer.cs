using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>Seals clients' requests to the workers that have their leases.</summary>
public sealed class JobSealer(TenantNames tenants, IOptions<GatewayOptions> options)
{
    private static readonly (string Chat, string Embeddings) Paths = ("/v1/chat/completions", "/v1/embeddings");

    /// <summary>Seals a job's request.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lease">Whose slot it has.</param>
    /// <param name="alone">Whether it must stand outside of the worker's session.</param>
    /// <param name="request">The request.</param>
    /// <param name="tier">The worker's tier at this moment.</param>
    /// <param name="fault">Why it can't be sealed: the worker's statement is missing or has expired, or its tier is too low.</param>
    public bool TrySeal(AdmittedJob job, LeaseGrant lease, bool alone, [NotNullWhen(true)] out SealedRequest? request, out TrustTier tier, out SealingFault fault)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(lease);
        var terms = new RequestTerms
        {
            RequestId = job.JobId,
            Model = job.Model.Name,
            MinimumTier = job.MinimumTier ?? TrustTier.Simulated, // the lowest: no demand
            IsStreamed = job is ChatJob { Stream: true },
            Padding = options.Value.Sealing.Padding,
            HoldLimitNano = job.Cap.Hold(job.PromptTokens, job.MaxCompletionTokens).Value,
            Expires = DateTimeOffset.FromUnixTimeSeconds(job.Until.ToUnixTimeSeconds() + 1),
        };
        var meta = new RequestMeta(
            "POST",
            job.Kind == JobKind.Embeddings ? Paths.Embeddings : Paths.Chat,
            "application/json",
            tenants.Of(job.Caller.AccountId, lease.Worker.WorkerId));
        return lease.Worker.Seal.TrySeal(terms, meta, job.Payload.Span, alone, out request, out tier, out fault);
    }
}
