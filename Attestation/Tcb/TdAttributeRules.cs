using System.Buffers.Binary;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Tcb;

/// <summary>
/// What a TD must be, whatever it runs (Intel TDX Module Base Architecture Specification, "ATTRIBUTES"). Intel's own library does not judge these:
/// a quote of a TD under a debugger passes it.
/// </summary>
internal static class TdAttributeRules
{
    private const ulong Untrusted = 0xFF; // Byte 0, "TUD": debug, profiling, and what is reserved for more of that.
    private const ulong SeptVeDisable = 1UL << 28;
    private const ulong Migratable = 1UL << 29;
    private const ulong PerfMon = 1UL << 63;

    // LASS, protection keys for supervisor pages, key locker: they only add to the TD's own instructions.
    private const ulong Harmless = (1UL << 27) | (1UL << 30) | (1UL << 31);

    public static void Check(TdReport td)
    {
        var attributes = BinaryPrimitives.ReadUInt64LittleEndian(td.TdAttributes.Span);
        if ((attributes & Untrusted) != 0)
        {
            throw Refused(RefusalCodes.TdDebug, "bits 0 to 7 (debug, profiling) were expected to be clear", attributes);
        }

        if ((attributes & SeptVeDisable) == 0)
        {
            throw Refused(RefusalCodes.TdSeptVe, "bit 28 (SEPT_VE_DISABLE) was expected to be set: else the host can stop the TD on any page", attributes);
        }

        if ((attributes & Migratable) != 0)
        {
            throw Refused(RefusalCodes.TdMigratable, "bit 29 (MIGRATABLE) was expected to be clear", attributes);
        }

        if ((attributes & PerfMon) != 0)
        {
            throw Refused(RefusalCodes.TdPerfMon, "bit 63 (PERFMON) was expected to be clear", attributes);
        }

        if ((attributes & ~(SeptVeDisable | Harmless)) != 0)
        {
            throw Refused(RefusalCodes.TdReserved, "undefined bits were expected to be clear", attributes);
        }

        if (td.MrServiceTd is { } service && service.Span.ContainsAnyExcept((byte)0))
        {
            throw new RefusedException(RefusalCodes.TdService, "MRSERVICETD was expected to be zero: a service TD could migrate this one");
        }
    }

    private static RefusedException Refused(string code, string expected, ulong attributes) => new(code, $"in TDATTRIBUTES {expected}; they are 0x{attributes:x16}");
}
