using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton;

/// <summary>Compiled contracts that this library carries, each held to the hash that the source names.</summary>
internal static class EmbeddedCode
{
    /// <summary>Loads a code cell.</summary>
    /// <param name="name">Its file, without the ending.</param>
    /// <param name="hash">Its hash, 64 hexadecimal digits.</param>
    /// <exception cref="InvalidOperationException">The library was built with another code.</exception>
    public static Cell Load(string name, string hash)
    {
        using Stream stream = typeof(EmbeddedCode).Assembly.GetManifestResourceStream($"{name}.boc")
            ?? throw new InvalidOperationException($"The library was built without {name}.boc.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        Cell code = Boc.Parse(bytes);
        return code.Hash == Bits256.Parse(hash, name)
            ? code
            : throw new InvalidOperationException($"{name}.boc has the hash {code.Hash}, {hash} is expected.");
    }
}
