namespace CocoonOrleans.Inference.Models;

/// <summary>One file of a model.</summary>
/// <param name="Name">Its name inside the folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Hash of its content: 64 lower-case hex digits.</param>
public sealed record ModelFile(string Name, long Bytes, string Sha256);
