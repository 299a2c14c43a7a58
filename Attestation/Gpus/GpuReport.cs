using System.Text;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>
/// The report of an NVIDIA GPU, parsed and not judged: an SPDM 1.1 GET_MEASUREMENTS request and its signed response, one after the other (DMTF
/// DSP0274 1.1, 10.11). What the GPU says of driver and firmware stands in the opaque data, in NVIDIA's form: type and length of 16 bits, value.
/// </summary>
public sealed class GpuReport
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 64 * 1024;

    private const byte Spdm11 = 0x11;
    private const byte GetMeasurements = 0xE0;
    private const byte Measurements = 0x60;
    private const byte DmtfMeasurement = 1;
    private const int NonceBytes = 32;
    private const int SignatureBytes = 96;
    private const int MeasurementHeader = 3;
    private const int FirmwareIdBytes = 48;
    private const int VbiosBytes = 8;
    private const int DriverVersionType = 3;
    private const int VbiosVersionType = 6;
    private const int VideoDecoderType = 11;
    private const int ChipSkuType = 15;
    private const int ProjectType = 17;
    private const int ProjectSkuType = 18;
    private const int FirmwareIdType = 20;
    private const byte Off = 0x55;

    private readonly Dictionary<int, ReadOnlyMemory<byte>> _opaque = [];
    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _measurements = [];

    private GpuReport(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes, RefusalCodes.GpuFormat);
        ReadHeader(ref reader, GetMeasurements, "request");
        Nonce = reader.Take(NonceBytes, "the request's nonce");
        reader.Byte("the slot");
        ReadHeader(ref reader, Measurements, "response");
        var count = reader.Byte("the number of measurements");
        var record = reader.Byte("a length") | (reader.UInt16("a length") << 8);
        ReadMeasurements(new ByteReader(reader.Take(record, "the measurements"), RefusalCodes.GpuFormat), count);
        reader.Take(NonceBytes, "the response's nonce");
        ReadOpaque(new ByteReader(reader.Take(reader.UInt16("a length"), "the opaque data"), RefusalCodes.GpuFormat));
        SignedPart = bytes[..reader.Position];
        Signature = reader.Take(SignatureBytes, "the signature");
        if (reader.Left > 0)
        {
            throw Refused($"nothing was expected behind the signature; {reader.Left} bytes follow");
        }

        FirmwareId = _opaque.TryGetValue(FirmwareIdType, out var id) && id.Length == FirmwareIdBytes
            ? id
            : throw Refused($"the id of the firmware, {FirmwareIdBytes} bytes, was expected in the opaque data");
    }

    /// <summary>The nonce of the request, 32 bytes: what the report is fresh for.</summary>
    public ReadOnlyMemory<byte> Nonce { get; }

    /// <summary>The measurements by their index, 48 bytes each as a rule. NVIDIA's reference values say what they must be.</summary>
    public IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Values => _measurements;

    /// <summary>The driver's version, for example <c>550.90.07</c>; empty where it is not said.</summary>
    public string DriverVersion => Text(DriverVersionType);

    /// <summary>The VBIOS' version, for example <c>96.00.9f.00.01</c>; empty where it is not said.</summary>
    public string VbiosVersion => _opaque.TryGetValue(VbiosVersionType, out var bytes) && bytes.Length == VbiosBytes
        ? string.Join('.', (string[])[Hex(bytes, 3), Hex(bytes, 2), Hex(bytes, 1), Hex(bytes, 0), Hex(bytes, 4)])
        : "";

    /// <summary>The board's project, for example <c>1010</c>; empty where it is not said.</summary>
    public string Project => Text(ProjectType);

    /// <summary>The project's variant, for example <c>0200</c>; empty where it is not said.</summary>
    public string ProjectSku => Text(ProjectSkuType);

    /// <summary>The chip's variant, for example <c>882</c>; empty where it is not said.</summary>
    public string ChipSku => Text(ChipSkuType);

    /// <summary>Whether the GPU says that its video decoder is switched off: then what it measures of it counts for nothing.</summary>
    public bool IsVideoDecoderOff => _opaque.TryGetValue(VideoDecoderType, out var status) && status.Span is [Off, ..];

    /// <summary>The id of the firmware that answered, 48 bytes: its certificate must name the same.</summary>
    public ReadOnlyMemory<byte> FirmwareId { get; }

    internal ReadOnlyMemory<byte> SignedPart { get; }

    internal ReadOnlyMemory<byte> Signature { get; }

    /// <exception cref="RefusedException">It is no such report.</exception>
    internal static GpuReport Parse(ReadOnlyMemory<byte> bytes) => bytes.Length <= LargestBytes
        ? new GpuReport(bytes)
        : throw Refused($"at most {LargestBytes} bytes were expected");

    private string Text(int type) => _opaque.TryGetValue(type, out var text) ? Encoding.ASCII.GetString(text.Span).TrimEnd('\0').Trim() : "";

    private static string Hex(ReadOnlyMemory<byte> bytes, int index) => Convert.ToHexStringLower(bytes.Span.Slice(index, 1));

    private static void ReadHeader(ref ByteReader reader, byte expected, string what)
    {
        var (version, code) = (reader.Byte($"the {what}'s version"), reader.Byte($"the {what}'s code"));
        if (version != Spdm11 || code != expected)
        {
            throw Refused($"a {what} of SPDM 1.1 with code 0x{expected:x} was expected, not version 0x{version:x} with code 0x{code:x}");
        }

        reader.UInt16($"the {what}'s parameters");
    }

    private static RefusedException Refused(string expected) => new(RefusalCodes.GpuFormat, $"in the GPU's report {expected}");

    private void ReadMeasurements(ByteReader reader, int count)
    {
        for (var read = 0; read < count; read++)
        {
            var (index, specification) = (reader.Byte("an index"), reader.Byte("a specification"));
            var block = reader.Take(reader.UInt16("a length"), "a measurement");
            if (specification != DmtfMeasurement || block.Length < MeasurementHeader || !_measurements.TryAdd(index, block[MeasurementHeader..]))
            {
                throw Refused("measurements in DMTF's form, each index once, were expected");
            }
        }

        if (reader.Left > 0)
        {
            throw Refused($"{count} measurements were expected; {reader.Left} bytes follow them");
        }
    }

    private void ReadOpaque(ByteReader reader)
    {
        while (reader.Left > 0)
        {
            var type = reader.UInt16("a type");
            if (!_opaque.TryAdd(type, reader.Take(reader.UInt16("a length"), "an opaque value")))
            {
                throw Refused($"each opaque value was expected once; {type} comes again");
            }
        }
    }
}
