using System.Buffers.Binary;
using System.Text;

namespace CocoonOrleans.Inference.Torch;

/// <summary>
/// One version that an ELF library asks of another one (an <c>Elf64_Vernaux</c>), for example <c>GLIBCXX_3.4.32</c>.
/// Source: Linux Standard Base Core 5.0, chapter 10.7.5 "Version Requirements"; System V gABI for the headers.
/// </summary>
/// <param name="Version">The version's name.</param>
/// <param name="FlagsOffset">Where the 16-bit <c>vna_flags</c> stand, in bytes from the start of the file.</param>
/// <param name="Flags">The flags as they stand in the file.</param>
public sealed record ElfVersionNeed(string Version, int FlagsOffset, ushort Flags)
{
    /// <summary><c>VER_FLG_WEAK</c>: a missing version is no reason for the loader to refuse the library.</summary>
    public const ushort Weak = 2;

    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const int SectionHeaderSize = 64;
    private const int NeedSize = 16;
    private const int MaximumNameLength = 256;

    /// <summary>All version needs of a library, in the file's order.</summary>
    /// <param name="library">The whole file. Every offset in it is checked before use.</param>
    /// <exception cref="ElfFormatException">Not a 64-bit little-endian ELF file, or an offset points outside of it.</exception>
    public static IReadOnlyList<ElfVersionNeed> ReadAll(ReadOnlySpan<byte> library)
    {
        if (library.Length < 64 || !library[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new ElfFormatException("not a 64-bit little-endian ELF file");
        }

        var sections = ReadUInt64(library, 0x28, "e_shoff");
        var sectionSize = ReadUInt16(library, 0x3A, "e_shentsize");
        var sectionCount = ReadUInt16(library, 0x3C, "e_shnum");
        if (sectionCount > 0 && sectionSize != SectionHeaderSize)
        {
            throw new ElfFormatException($"e_shentsize is {sectionSize}, not {SectionHeaderSize}");
        }

        var found = new List<ElfVersionNeed>();
        for (ushort index = 0; index < sectionCount; index++)
        {
            var header = Section(library, sections, index);
            if (ReadUInt32(header, 4, "sh_type") == SectionVersionNeeds)
            {
                var link = ReadUInt32(header, 0x28, "sh_link");
                if (link >= sectionCount)
                {
                    throw new ElfFormatException($"sh_link {link} of the version needs is not one of the {sectionCount} sections");
                }

                ReadNeeds(library, ContentRange(library, header), library[ContentRange(library, Section(library, sections, link))], found);
            }
        }

        return found;
    }

    private static void ReadNeeds(ReadOnlySpan<byte> library, Range range, ReadOnlySpan<byte> names, List<ElfVersionNeed> found)
    {
        var start = range.Start.Value;
        var content = library[range];
        // Each entry takes 16 bytes of the section, so more links than that form a loop.
        var left = content.Length / NeedSize;
        ulong need = 0;
        while (true)
        {
            var auxiliaries = ReadUInt16(content, need + 2, "vn_cnt");
            var auxiliary = need + ReadUInt32(content, need + 8, "vn_aux");
            for (var i = 0; i < auxiliaries; i++)
            {
                TakeOne(ref left);
                var flags = ReadUInt16(content, auxiliary + 4, "vna_flags");
                var version = Name(names, ReadUInt32(content, auxiliary + 8, "vna_name"));
                found.Add(new ElfVersionNeed(version, start + (int)auxiliary + 4, flags));
                auxiliary += ReadUInt32(content, auxiliary + 12, "vna_next");
            }

            var next = ReadUInt32(content, need + 12, "vn_next");
            if (next == 0)
            {
                return;
            }

            TakeOne(ref left);
            need += next;
        }
    }

    private static void TakeOne(ref int left)
    {
        if (--left < 0)
        {
            throw new ElfFormatException("the version needs form a loop");
        }
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> library, ulong sections, uint index)
        => Slice(library, sections > int.MaxValue ? ulong.MaxValue : sections + (ulong)index * SectionHeaderSize, SectionHeaderSize, "section header");

    private static Range ContentRange(ReadOnlySpan<byte> library, ReadOnlySpan<byte> header)
    {
        var offset = ReadUInt64(header, 0x18, "sh_offset");
        var size = ReadUInt64(header, 0x20, "sh_size");
        if (offset > (ulong)library.Length || size > (ulong)library.Length - offset)
        {
            throw new ElfFormatException("sh_offset and sh_size point outside of the file");
        }

        return new Range((int)offset, (int)(offset + size));
    }

    private static string Name(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= names.Length)
        {
            throw new ElfFormatException("vna_name points outside of the string table");
        }

        var text = names[(int)offset..];
        var length = text[..Math.Min(text.Length, MaximumNameLength)].IndexOf((byte)0);
        return length >= 0 ? Encoding.ASCII.GetString(text[..length]) : throw new ElfFormatException("vna_name has no end");
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, ulong offset, string field)
        => BinaryPrimitives.ReadUInt16LittleEndian(Slice(bytes, offset, 2, field));

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, ulong offset, string field)
        => BinaryPrimitives.ReadUInt32LittleEndian(Slice(bytes, offset, 4, field));

    private static ulong ReadUInt64(ReadOnlySpan<byte> bytes, ulong offset, string field)
        => BinaryPrimitives.ReadUInt64LittleEndian(Slice(bytes, offset, 8, field));

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, ulong offset, int length, string field)
        => offset <= (ulong)bytes.Length && length <= bytes.Length - (int)offset
            ? bytes.Slice((int)offset, length)
            : throw new ElfFormatException($"{field} at byte {offset} lies outside of its {bytes.Length} bytes");
}
