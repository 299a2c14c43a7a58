using System.Text;

namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>
/// GPT-2's alphabet: each of the 256 bytes has a printable character, so that a vocabulary of bytes can be written in JSON.
/// Printable Latin-1 characters stand for themselves, the others for U+0100 and up (<c>bytes_to_unicode</c> in OpenAI's gpt-2 <c>encoder.py</c>).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The text's bytes of UTF-8, each written as its character.</summary>
    public static string CharactersOf(ReadOnlySpan<char> text)
    {
        var characters = new StringBuilder(text.Length + text.Length / 8);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                characters.Append(CharacterOf(value));
            }
        }

        return characters.ToString();
    }

    /// <summary>The bytes that a token of a byte-level vocabulary stands for; one with a character outside the alphabet stands for its own text.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = token[i] < Bytes.Length ? Bytes[token[i]] : (short)-1;
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(printable ? value : next++);
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
