namespace CocoonOrleans.Sealing.Releases;

/// <summary>Why a broker refuses (RFC 9457).</summary>
/// <param name="Type">A URN of the code.</param>
/// <param name="Title">The same for all refusals of a code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was expected and what was found, for people.</param>
/// <param name="Code">For programs.</param>
public sealed record ReleaseProblem(string? Type = null, string? Title = null, int Status = 0, string? Detail = null, string? Code = null);
