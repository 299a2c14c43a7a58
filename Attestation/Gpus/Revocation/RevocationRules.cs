using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.Revocation;

/// <summary>Whether certificates are revoked, by answers of NVIDIA's OCSP responder that somebody handed over.</summary>
internal sealed class RevocationRules(IReadOnlyList<RevocationAnswer> answers, DateTimeOffset now)
{
    /// <summary>Checks each certificate of a chain that the responder knows: all but the pinned root, and but a GPU's own, which the GPU made itself.</summary>
    /// <returns>Until when the answers hold.</returns>
    public DateTimeOffset Check(CertificateChain chain, bool isLeafKnown)
    {
        var until = DateTimeOffset.MaxValue;
        foreach (var (certificate, issuer) in chain.Links.Skip(isLeafKnown ? 0 : 1))
        {
            var about = answers.Where(answer => answer.IsAbout(certificate, issuer)).ToArray();
            if (about.Length == 0)
            {
                throw new RefusedException(RefusalCodes.GpuRevocationMissing, $"an OCSP answer about the certificate of {certificate.SubjectCommonName} was expected");
            }

            // All of them: where one says that it is revoked, another one that does not helps nobody.
            foreach (var answer in about)
            {
                var end = answer.CheckGood(certificate, issuer, now);
                until = end < until ? end : until;
            }
        }

        return until;
    }
}
