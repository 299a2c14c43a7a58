using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Sealing.Models;

namespace CocoonOrleans.Sealing.Shares;

/// <summary>What the owner of a model hands to one broker: the manifest that it judges by, and its share (docs/protocol.md, section 16). Dispose of it: the share is zeroed.</summary>
public sealed partial class ShareFile : IDisposable
{
    private const int Version = 1;
    private const int MostBytes = 128 * 1024;

    private ShareFile(EncryptedModelManifest manifest, Digest manifestHash, KeyShare share) => (Manifest, ManifestHash, Share) = (manifest, manifestHash, share);

    /// <summary>The encrypted model's manifest.</summary>
    public EncryptedModelManifest Manifest { get; }

    /// <summary>Its hash.</summary>
    public Digest ManifestHash { get; }

    /// <summary>The broker's share.</summary>
    public KeyShare Share { get; }

    /// <summary>Writes the file, its owner's alone.</summary>
    /// <param name="path">The file; there must be none.</param>
    /// <param name="manifest">The manifest, its bytes.</param>
    /// <param name="share">The share.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> manifest, KeyShare share)
    {
        ArgumentNullException.ThrowIfNull(share);
        var value = share.Value.ToArray();
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new Form(Version, manifest.ToArray(), share.X, value), FormJson.Default.Form);
        try
        {
            OwnerFile.Write(path, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It can't be read, others may read it, or it holds no share of the manifest in it.</exception>
    public static ShareFile Read(string path)
    {
        var bytes = OwnerFile.Read(path, MostBytes);
        Form? form = null;
        try
        {
            form = JsonSerializer.Deserialize(bytes, FormJson.Default.Form);
            if (form is not { Format: Version, Share: >= 1 and <= byte.MaxValue, Value.Length: KeyShare.Length }
                || !EncryptedModelManifest.TryRead(form.Manifest, out var manifest, out var hash))
            {
                throw new IOException($"{path} is no share file of this version.");
            }

            var share = new KeyShare((byte)form.Share, form.Value);
            if (form.Share <= manifest.Brokers.Count && share.Hash() == manifest.Brokers[form.Share - 1].ShareHash)
            {
                return new ShareFile(manifest, hash, share);
            }

            share.Dispose();
            throw new IOException($"{path} holds a share that is none of its manifest's: it was changed, or is of another encryption.");
        }
        catch (JsonException e)
        {
            // Its message may quote the file: only where it went wrong is told.
            throw new IOException($"{path} is no share file: line {e.LineNumber}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(form?.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Share.Dispose();

    internal sealed record Form(int Format, byte[] Manifest, int Share, byte[] Value);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
    [JsonSerializable(typeof(Form))]
    internal sealed partial class FormJson : JsonSerializerContext;
}
