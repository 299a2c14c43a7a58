namespace CocoonOrleans.Gateway.Sealing;

/// <summary>A worker's fresh statement that this gateway verified, for one client.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Voucher">What vouches for it.</param>
/// <param name="Proof">That the client's nonce is under its root, encoded.</param>
public sealed record FreshFinding(CheckedStatement Statement, ReadOnlyMemory<byte> Voucher, ReadOnlyMemory<byte> Proof);
