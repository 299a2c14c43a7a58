using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Models;

/// <summary>A small model, encrypted in memory.</summary>
internal sealed class SampleModel : IDisposable
{
    public SampleModel(params int[] lengths)
    {
        Shares = Key.Split(2, 3);
        Plain = [.. lengths.Select((length, index) =>
        {
            var bytes = new byte[length];
            new Random(index).NextBytes(bytes);
            return bytes;
        })];
        var files = new List<EncryptedFile>();
        foreach (var (index, plain) in Plain.Index())
        {
            using var output = new MemoryStream();
            files.Add(ModelFileEncryption.Encrypt($"model-{index}.safetensors", new MemoryStream(plain), plain.Length, output, Key));
            Sealed.Add(output.ToArray());
        }

        Manifest = new EncryptedModelManifest
        {
            Name = "sample",
            ModelId = Digest.Of("plain"u8),
            Files = files,
            KeyHash = Key.Hash(),
            MinimumTier = TrustTier.Tdx,
            Images = [Digest.Of("image"u8)],
            Threshold = 2,
            Brokers = [.. Shares.Select(share => new ModelBroker($"http://127.0.0.1:{8400 + share.X}/", share.Hash()))],
        };
    }

    public ModelKey Key { get; } = ModelKey.Generate();

    public KeyShare[] Shares { get; }

    public byte[][] Plain { get; }

    public List<byte[]> Sealed { get; } = [];

    public EncryptedModelManifest Manifest { get; }

    /// <summary>Decrypts a file to its end.</summary>
    public byte[] Read(int file = 0, byte[]? bytes = null, EncryptedFile? says = null, ModelKey? key = null)
    {
        using var stream = new DecryptingStream(says ?? Manifest.Files[file], new MemoryStream(bytes ?? Sealed[file]), key ?? Key);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    public void Dispose()
    {
        Key.Dispose();
        foreach (var share in Shares)
        {
            share.Dispose();
        }
    }
}
