using System.Text;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// The last good sets on the disk, for a start without a network: a file for each family and authority, in the layout that <c>./cocoon verify</c> reads
/// too. What is read is as little trusted as what is fetched, and is checked like it.
/// </summary>
public sealed class CollateralFolder
{
    private readonly string _path;

    /// <param name="path">The folder; made where it is absent.</param>
    /// <exception cref="IOException">It can't be made.</exception>
    public CollateralFolder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Directory.CreateDirectory(path).FullName;
    }

    /// <summary>Puts a set in the place of the one before it.</summary>
    internal void Save(CollateralSubject subject, FetchedCollateral set)
    {
        var file = FileOf(subject);
        File.WriteAllBytes(file + ".new", Write(set));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>The set of the last time; null where there is none that can be read.</summary>
    internal FetchedCollateral? Load(CollateralSubject subject)
    {
        FetchedCollateral? set = null;
        return RefusalEdge.Run(() => set = Read(FileOf(subject))) is null ? set : null;
    }

    private static FetchedCollateral? Read(string file)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > Collateral.LargestBytes)
        {
            return null;
        }

        return Parse(File.ReadAllBytes(file));
    }

    /// <exception cref="RefusedException">It has no known layout; others may come from hostile bytes.</exception>
    internal static FetchedCollateral Parse(ReadOnlyMemory<byte> json)
    {
        using var document = SignedJson.Parse(json, "collateral", RefusalCodes.CollateralFormat);
        var chain = new SignedJson(document.RootElement, "collateral", RefusalCodes.CollateralFormat).Text("pck_crl_issuer_chain");
        return Collateral.TryParse(json, out var collateral, out var refusal)
            ? new FetchedCollateral(collateral!, Encoding.UTF8.GetBytes(chain))
            : throw new RefusedException(refusal!.Code, refusal.Reason);
    }

    private static byte[] Write(FetchedCollateral set)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var collateral = set.Collateral;
            json.WriteStartObject();
            json.WriteString("tcb_info", collateral.TcbInfo.Span);
            json.WriteString("tcb_info_signature", Hex(collateral.TcbInfoSignature));
            json.WriteString("tcb_info_issuer_chain", collateral.TcbInfoChain.Span);
            json.WriteString("qe_identity", collateral.QeIdentity.Span);
            json.WriteString("qe_identity_signature", Hex(collateral.QeIdentitySignature));
            json.WriteString("qe_identity_issuer_chain", collateral.QeIdentityChain.Span);
            json.WriteString("root_ca_crl", Hex(collateral.RootCaCrl));
            json.WriteString("pck_crl", Hex(collateral.PckCrl));
            json.WriteString("pck_crl_issuer_chain", set.PckIssuerChain.Span);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private string FileOf(CollateralSubject subject) => Path.Combine(_path, $"{subject.Fmspc}-{subject.Authority.ToString().ToLowerInvariant()}.json");
}
