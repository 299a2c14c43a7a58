using System.Security.Cryptography;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.Unit.Tunnel.Trust;

public sealed class TunnelPublicKeyTests
{
    [Fact]
    public void TryCreate_P256_HasTheHashAsId()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] info = key.ExportSubjectPublicKeyInfo();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(info)), TunnelPublicKey.TryCreate(info)?.Id);
    }

    [Fact]
    public void TryCreate_OtherCurve_IsNull()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Null(TunnelPublicKey.TryCreate(key.ExportSubjectPublicKeyInfo()));
    }

    [Fact]
    public void TryCreate_PointOffTheCurve_IsNull()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] info = key.ExportSubjectPublicKeyInfo();
        info[^1] ^= 1;
        Assert.Null(TunnelPublicKey.TryCreate(info));
    }

    [Fact]
    public void TryCreate_CutOff_IsNull()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(TunnelPublicKey.TryCreate(key.ExportSubjectPublicKeyInfo().AsSpan(0, 90)));
    }
}
