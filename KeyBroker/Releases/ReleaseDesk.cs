using CocoonOrleans.KeyBroker.Evidence;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.KeyBroker.Problems;
using CocoonOrleans.KeyBroker.Shares;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.KeyBroker.Releases;

/// <summary>Decides about requests for shares (docs/protocol.md, section 17). What costs little comes first; the nonce is used up last, so that nobody who saw one spoils it for whom it was given to.</summary>
public sealed partial class ReleaseDesk(ShareFolder shares, NonceBook nonces, WorkerEvidence evidence, ReleaseLog log, TimeProvider time, ILogger<ReleaseDesk> logger)
{
    /// <summary>Decides.</summary>
    /// <param name="request">The request, as it came.</param>
    /// <param name="from">From which address.</param>
    /// <param name="cancellationToken">The worker left.</param>
    /// <returns>The sealed share, or why there is none.</returns>
    public async Task<(ReleaseAnswer? Answer, ReleaseProblem? Problem)> DecideAsync(ReleaseRequest request, string from, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (answer, problem) = await JudgeAsync(request, from, cancellationToken);
        if (problem is not null)
        {
            LogRefused(from, problem.Code!, problem.Detail!);
        }

        return (answer, problem);
    }

    private async Task<(ReleaseAnswer? Answer, ReleaseProblem? Problem)> JudgeAsync(ReleaseRequest request, string from, CancellationToken cancellationToken)
    {
        if (!TryDigest(request.Manifest, out Digest manifestHash) || request.Nonce.Length != Digest.Length || !NonceProof.TryDecode(request.Proof, out NonceProof? proof))
        {
            return Refuse(ProblemCodes.Malformed, "a manifest hash of 64 hex digits, a nonce of 32 bytes and a proof of docs/protocol.md, section 3, were expected");
        }

        if (!BoundStatement.TryRead(request.Statement, out BoundStatement? statement))
        {
            return Refuse(ProblemCodes.Malformed, "a statement was expected, as docs/protocol.md has it");
        }

        if (!shares.Models.TryGetValue(manifestHash, out ShareFile? model))
        {
            return Refuse(ProblemCodes.ModelUnknown, $"no share of the model of manifest {manifestHash} is held here");
        }

        if (statement.Statement.Models is not [var asked] || asked != manifestHash)
        {
            return Refuse(ProblemCodes.ModelStatement, $"the statement was expected to name the manifest {manifestHash}, and nothing else");
        }

        var nonce = new Digest(request.Nonce);
        if (!nonces.IsGood(nonce))
        {
            return Refuse(ProblemCodes.NonceUnknown, UnknownNonce);
        }

        if (statement.Statement.NonceRoot is not { } root || !proof.Proves(nonce, root))
        {
            return Refuse(ProblemCodes.NonceProof, "the nonce was expected to be under the statement's root");
        }

        EvidenceFinding finding = await evidence.JudgeAsync(statement.Bytes, request, model.Manifest, cancellationToken);
        if (finding.Refusal is { } refusal)
        {
            return (null, Problem.Of(refusal));
        }

        if (SealedShare.TrySeal(statement, manifestHash, model.Share) is not { } share)
        {
            return Refuse(ProblemCodes.KeyUnusable, "a key of suite 1 was expected in the statement");
        }

        return nonces.TryUse(nonce) ? Release(statement, manifestHash, model, finding, share, from) : Refuse(ProblemCodes.NonceUnknown, UnknownNonce);
    }

    private static string UnknownNonce => $"a nonce of this broker was expected, not used before and not older than {NonceBook.Life.TotalSeconds:F0} s";

    private (ReleaseAnswer? Answer, ReleaseProblem? Problem) Release(
        BoundStatement statement, Digest manifestHash, ShareFile model, EvidenceFinding finding, SealedShare share, string from)
    {
        var entry = new ReleaseEntry(
            time.GetUtcNow(),
            model.Manifest.Name,
            manifestHash.ToString(),
            model.Share.X,
            statement.Hash.ToString(),
            finding.Tier.ToString().ToLowerInvariant(),
            finding.Image?.ToString(),
            statement.Statement.TunnelKeySha256.ToString(),
            finding.Platform.ToString(),
            from);
        try
        {
            log.Write(entry);
        }
        catch (IOException e)
        {
            LogNotWritten(e.Message);
            return Refuse(ProblemCodes.LogUnavailable, "the release was expected to be written down first; the broker's operator must look at its log");
        }

        LogReleased(model.Manifest.Name, manifestHash, statement.Hash, statement.Statement.TunnelKeySha256, finding.Tier, from);
        return (new ReleaseAnswer(share.Encapsulation.ToArray(), share.Box.ToArray()), null);
    }

    private static (ReleaseAnswer? Answer, ReleaseProblem? Problem) Refuse(string code, string detail) => (null, Problem.Of(code, detail));

    private static bool TryDigest(string hex, out Digest digest)
    {
        bool isDigest = hex.Length == Digest.Length * 2 && hex.All(char.IsAsciiHexDigit);
        digest = isDigest ? new Digest(Convert.FromHexString(hex)) : default;
        return isDigest;
    }
}
