using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Sealing.Models;

namespace CocoonOrleans.Tests.Sealing.Interop;

/// <summary>Encrypted models, shares and their release both ways against the second implementation of docs/protocol.md, sections 16 and 17.</summary>
public sealed class ModelInteropTests : IDisposable
{
    private static readonly byte[] TheirKey = System.Security.Cryptography.SHA256.HashData("the other worker's key"u8);

    private readonly SampleModel _model = new(0, 100, (4 << 20) + 5);
    private readonly ReleaseKey _ours = new();
    private readonly ReceiptKey _receipts = new();

    public void Dispose()
    {
        _model.Dispose();
        _ours.Dispose();
        _receipts.Dispose();
    }

    [SkippableFact]
    public async Task Model_OfOurs_IsReadByTheOtherAndTheOthersByUs()
    {
        using var theirs = Kem.P256.Import(TheirKey);
        var (ourStatement, theirStatement) = (Statement(_ours.PublicKey), Statement(new SuiteKey(SealingSuite.P256, theirs.PublicKey.ToArray())));
        var hash = _model.Manifest.Hash();
        var box = SealedShare.TrySeal(theirStatement, hash, _model.Shares[2])!;

        var answer = Assert.Single(await NodeSide.AskAsync<object, ModelByThem[]>("protocol.mjs", "model", new[]
        {
            new
            {
                manifest = Hex(_model.Manifest.Encode()),
                @sealed = _model.Sealed.Select(file => Hex(file)),
                shares = _model.Shares.Select(share => new { x = (int)share.X, value = Hex(share.Value) }),
                statement = Hex(theirStatement.Bytes.Span),
                privateKey = Hex(TheirKey),
                box = new { encapsulation = Hex(box.Encapsulation.Span), @sealed = Hex(box.Box.Span) },
                theirs = Hex(ourStatement.Bytes.Span),
            },
        }));

        Assert.Equal((hash.ToString(), _model.Key.Hash().ToString()), (answer.ManifestHash, answer.KeyHash));
        Assert.Equal(_model.Shares.Select(share => share.Hash().ToString()), answer.ShareHashes);
        Assert.Equal(_model.Plain.Select(file => Hex(file)), answer.Plain);
        Assert.Equal(_model.Manifest.Files.Select(file => file.Root.ToString()), answer.Roots);
        Assert.Equal((3, Hex(_model.Shares[2].Value)), (answer.Share.X, answer.Share.Value));

        using var released = _ours.TryOpen(ourStatement, hash, new SealedShare(Convert.FromHexString(answer.Released.Encapsulation), Convert.FromHexString(answer.Released.Sealed)));
        Assert.Equal((2, Hex(_model.Shares[1].Value)), (released!.X, Hex(released.Value)));
        var own = Convert.FromHexString(answer.Own.Sealed);
        var file = new EncryptedFile("own.safetensors", own.Length - 16, Digest32(answer.Own.Salt), Digest32(answer.Own.Root));
        Assert.Equal(answer.Own.Content, Hex(_model.Read(bytes: own, says: file)));
    }

    private static Digest Digest32(string hex) => new(Convert.FromHexString(hex));

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private BoundStatement Statement(SuiteKey key) => BoundStatement.Of(new Statement
    {
        NetworkId = "test",
        Role = StatementRole.KeyRequest,
        Tier = TrustTier.Tdx,
        BootId = new byte[16],
        Epoch = 0,
        NotBefore = Sample.Start,
        Expires = Sample.Start.AddMinutes(5),
        Keys = [key],
        ReceiptKey = _receipts.PublicKey,
        TunnelKeySha256 = default,
        NonceRoot = Digest.Of("root"u8),
        Models = [_model.Manifest.Hash()],
        Image = Digest.Of("image"u8),
        EngineVersion = "1",
        Quantisation = "none",
    });

    private sealed record ShareByThem(int X, string Value);

    private sealed record FileByThem(string Salt, string Sealed, string Root, string Content);

    private sealed record BoxByThem(string Encapsulation, string Sealed);

    private sealed record ModelByThem(string ManifestHash, string KeyHash, string[] ShareHashes, string[] Plain, string[] Roots, ShareByThem Share, FileByThem Own, BoxByThem Released);
}
