using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What is to be different on a platform and in what is said of it; by default everything is as a verifier likes it.</summary>
public sealed class WorldSettings
{
    // The TD.

    /// <summary>Version of the quote: 4 or 5.</summary>
    public int Version { get; set; } = 5;

    /// <summary>Security versions of the TDX module that started, 16 bytes.</summary>
    public byte[] TeeTcbSvn { get; set; } = Svns(6, 1, 3);

    /// <summary>Security versions of the TDX module that runs now, 16 bytes; only in version 5.</summary>
    public byte[] TeeTcbSvn2 { get; set; } = Svns(6, 1, 3);

    /// <summary>MRSIGNERSEAM, 48 bytes.</summary>
    public byte[] MrSignerSeam { get; set; } = new byte[48];

    /// <summary>SEAMATTRIBUTES, 8 bytes.</summary>
    public byte[] SeamAttributes { get; set; } = new byte[8];

    /// <summary>TDATTRIBUTES.</summary>
    public ulong TdAttributes { get; set; } = SeptVeDisable;

    /// <summary>MRSERVICETD, 48 bytes; only in version 5.</summary>
    public byte[] MrServiceTd { get; set; } = new byte[48];

    /// <summary>REPORTDATA of a quote that nobody names other data for, 64 bytes.</summary>
    public byte[] ReportData { get; set; } = new byte[64];

    /// <summary>RTMR0 to RTMR3, 48 bytes each.</summary>
    public byte[][] Rtmrs { get; set; } = [Filled(0xA0), Filled(0xA1), Filled(0xA2), Filled(0xA3)];

    // The quoting enclave.

    /// <summary>Whose quoting enclave the quote names, 16 bytes.</summary>
    public byte[] QeVendorId { get; set; } = SimulatedWorld.VendorId.ToArray();

    /// <summary>MISCSELECT.</summary>
    public uint QeMiscSelect { get; set; }

    /// <summary>ATTRIBUTES, 16 bytes.</summary>
    public byte[] QeAttributes { get; set; } = [0x11, .. new byte[15]];

    /// <summary>MRSIGNER, 32 bytes.</summary>
    public byte[] QeSigner { get; set; } = SimulatedWorld.QeSigner.ToArray();

    /// <summary>ISVPRODID.</summary>
    public ushort QeProduct { get; set; } = 2;

    /// <summary>ISVSVN.</summary>
    public ushort QeIsvSvn { get; set; } = 4;

    /// <summary>The coordinates in the quote, where they are not those of the key that signs.</summary>
    public byte[]? AttestationPoint { get; set; }

    /// <summary>What the quoting enclave's report holds in place of the hash of its key.</summary>
    public byte[]? QeReportData { get; set; }

    // The processor.

    /// <summary>Security versions of the 16 SGX TCB components.</summary>
    public byte[] Components { get; set; } = Svns(5, 5, 5, 5, 5, 5, 5, 5);

    /// <summary>Security version of the provisioning certification enclave.</summary>
    public int PceSvn { get; set; } = 13;

    /// <summary>The platform's id, 16 bytes.</summary>
    public byte[] Ppid { get; set; } = new byte[16];

    /// <summary>The processor family in the certificate, 6 bytes.</summary>
    public byte[] Fmspc { get; set; } = SimulatedWorld.Fmspc.ToArray();

    /// <summary>Which provisioning certification enclave, 2 bytes.</summary>
    public byte[] PceId { get; set; } = [0, 0];

    /// <summary>Changes the content of Intel's extension.</summary>
    public Func<byte[], byte[]> PckExtension { get; set; } = der => der;

    // Chains and lists.

    /// <summary>What is wrong with which chain: <c>pck</c>, <c>tcb.chain</c>, <c>qeid.chain</c>.</summary>
    public Dictionary<string, ChainDefect> Defects { get; } = [];

    /// <summary>Revokes the processor's certificate.</summary>
    public bool RevokePck { get; set; }

    /// <summary>Revokes the issuer of the processor's certificate.</summary>
    public bool RevokePckIssuer { get; set; }

    /// <summary>Revokes the signer of the TCB info.</summary>
    public bool RevokeTcbSigner { get; set; }

    /// <summary>Revokes the signer of the QE identity.</summary>
    public bool RevokeQeIdentitySigner { get; set; }

    /// <summary>Changes the root's CRL.</summary>
    public Action<CrlSettings> RootCrl { get; set; } = _ => { };

    /// <summary>Changes the CRL of the processor certificates' issuer.</summary>
    public Action<CrlSettings> PckCrl { get; set; } = _ => { };

    // Documents, before they are signed.

    /// <summary>Changes the TCB info.</summary>
    public Action<JsonObject> TcbInfo { get; set; } = _ => { };

    /// <summary>Changes the QE identity.</summary>
    public Action<JsonObject> QeIdentity { get; set; } = _ => { };

    /// <summary>Changes the TCB info's text.</summary>
    public Func<string, string> TcbInfoText { get; set; } = text => text;

    // What comes out, after everything is signed.

    /// <summary>Changes the quote.</summary>
    public Func<byte[], byte[]> Quote { get; set; } = quote => quote;

    /// <summary>Changes the collateral.</summary>
    public Action<JsonObject> Collateral { get; set; } = _ => { };

    internal static ulong SeptVeDisable => 1UL << 28;

    /// <summary>Security versions: the first ones as given, the others 0.</summary>
    public static byte[] Svns(params byte[] first)
    {
        ArgumentNullException.ThrowIfNull(first);
        return [.. first, .. new byte[16 - first.Length]];
    }

    /// <summary>48 bytes of one value: a measurement that is easy to tell from another.</summary>
    public static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 48)];

    /// <summary>The point of a key.</summary>
    internal static byte[] PointOf(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Q is var point ? [.. point.X!, .. point.Y!] : [];
}
