namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>Which TDX module Intel signed.</summary>
/// <param name="Id">For example <c>TDX_01</c>: the module's major version; empty for the one that a TCB info names for version 0.</param>
/// <param name="MrSigner">MRSIGNERSEAM, 48 bytes.</param>
/// <param name="Attributes">SEAMATTRIBUTES under the mask, 8 bytes.</param>
/// <param name="AttributesMask">The mask, 8 bytes.</param>
/// <param name="Levels">Its levels; none for version 0, whose version the TCB levels judge.</param>
internal sealed record TdxModuleIdentity(string Id, byte[] MrSigner, byte[] Attributes, byte[] AttributesMask, IReadOnlyList<IsvLevel> Levels)
{
    public static TdxModuleIdentity Read(SignedJson module, string id, IReadOnlyList<IsvLevel> levels) =>
        new(id, module.Hex("mrsigner", 48), module.Hex("attributes", 8), module.Hex("attributesMask", 8), levels);
}
