using CocoonOrleans.Attestation.Gpus.References;

namespace CocoonOrleans.Cli.Verification;

/// <summary>What the files of a <c>cocoon verify quote</c> hold.</summary>
internal sealed record QuoteFiles(byte[] Quote, byte[] Collateral, byte[]? Image, byte[]? EventLog, byte[]? Statement, byte[]? Gpus, GpuReferences? GpuReferences);
