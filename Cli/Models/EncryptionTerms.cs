using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Cli.Models;

/// <summary>To whom the key of an encrypted model is released.</summary>
/// <param name="Name">The model's name for people.</param>
/// <param name="MinimumTier">The least tier.</param>
/// <param name="Images">The images, by id.</param>
/// <param name="Threshold">How many brokers are needed.</param>
/// <param name="Brokers">Where the brokers answer, in the order of their shares.</param>
internal sealed record EncryptionTerms(string Name, TrustTier MinimumTier, IReadOnlyList<Digest> Images, int Threshold, IReadOnlyList<string> Brokers);
