using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>The statement of a worker of the simulated world.</summary>
internal static class SampleStatement
{
    public static Statement Of(ReceiptKey key) => new()
    {
        NetworkId = "test",
        Role = StatementRole.Worker,
        Tier = TrustTier.Simulated,
        BootId = new byte[16],
        Epoch = 7,
        NotBefore = World.Now.AddMinutes(-1),
        Expires = World.Now.AddMinutes(9),
        Keys = [new SuiteKey(SealingSuite.P256, key.PublicKey)],
        ReceiptKey = key.PublicKey,
        TunnelKeySha256 = default,
        Models = [default],
        EngineVersion = "native 1.0",
        Quantisation = "none",
    };
}
