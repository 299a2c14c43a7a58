using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>What is to be different in a world; by default everything is as a verifier likes it.</summary>
internal sealed class WorldSettings
{
    // The TD.
    public int Version { get; set; } = 5;

    public byte[] TeeTcbSvn { get; set; } = Svns(6, 1, 3);

    public byte[] TeeTcbSvn2 { get; set; } = Svns(6, 1, 3);

    public byte[] MrSignerSeam { get; set; } = new byte[48];

    public byte[] SeamAttributes { get; set; } = new byte[8];

    public ulong TdAttributes { get; set; } = 1UL << 28;

    public byte[] MrServiceTd { get; set; } = new byte[48];

    public byte[] ReportData { get; set; } = new byte[64];

    public byte[][] Rtmrs { get; set; } = [Filled(0xA0), Filled(0xA1), Filled(0xA2), Filled(0xA3)];

    // The quoting enclave.
    public byte[] QeVendorId { get; set; } = World.VendorId;

    public uint QeMiscSelect { get; set; }

    public byte[] QeAttributes { get; set; } = [0x11, .. new byte[15]];

    public byte[] QeSigner { get; set; } = World.QeSigner;

    public ushort QeProduct { get; set; } = 2;

    public ushort QeIsvSvn { get; set; } = 4;

    /// <summary>The coordinates in the quote, where they are not those of the key that signs.</summary>
    public byte[]? AttestationPoint { get; set; }

    public byte[]? QeReportData { get; set; }

    // The processor.
    public byte[] Components { get; set; } = Svns(5, 5, 5, 5, 5, 5, 5, 5);

    public int PceSvn { get; set; } = 13;

    public byte[] Fmspc { get; set; } = World.Fmspc;

    public byte[] PceId { get; set; } = [0, 0];

    /// <summary>Changes the content of Intel's extension.</summary>
    public Func<byte[], byte[]> PckExtension { get; set; } = der => der;

    // Chains and lists.
    public Dictionary<string, ChainDefect> Defects { get; } = [];

    public bool RevokePck { get; set; }

    public bool RevokePckIssuer { get; set; }

    public bool RevokeTcbSigner { get; set; }

    public bool RevokeQeIdentitySigner { get; set; }

    public Action<CrlSettings> RootCrl { get; set; } = _ => { };

    public Action<CrlSettings> PckCrl { get; set; } = _ => { };

    // Documents, before they are signed.
    public Action<JsonObject> TcbInfo { get; set; } = _ => { };

    public Action<JsonObject> QeIdentity { get; set; } = _ => { };

    public Func<string, string> TcbInfoText { get; set; } = text => text;

    // What comes out, after everything is signed.
    public Func<byte[], byte[]> Quote { get; set; } = quote => quote;

    public Action<JsonObject> Collateral { get; set; } = _ => { };

    public static byte[] Svns(params byte[] first) => [.. first, .. new byte[16 - first.Length]];

    public static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 48)];

    /// <summary>The point of a key.</summary>
    public static byte[] PointOf(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Q is var point ? [.. point.X!, .. point.Y!] : [];
}
