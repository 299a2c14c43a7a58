namespace CocoonOrleans.Sealing.Releases;

/// <summary>A request for a share.</summary>
/// <param name="Manifest">The hash of the model's encrypted manifest, 64 hex digits.</param>
/// <param name="Statement">The statement of who asks.</param>
/// <param name="Quote">The quote that was made for it.</param>
/// <param name="Nonce">This broker's nonce.</param>
/// <param name="Proof">That the nonce is under the statement's root.</param>
/// <param name="Collateral">What the quote is judged by, for a broker that can't fetch it; null for none.</param>
/// <param name="EventLog">What the machine measured, event by event; null for none.</param>
/// <param name="Gpus">What the worker's GPUs show, which the statement names by its hash; null for nothing.</param>
/// <param name="GpuReferences">NVIDIA's documents by which that is judged; null for none.</param>
public sealed record ReleaseRequest(string Manifest, byte[] Statement, byte[] Quote, byte[] Nonce, byte[] Proof, byte[]? Collateral = null, byte[]? EventLog = null, byte[]? Gpus = null, byte[]? GpuReferences = null);
