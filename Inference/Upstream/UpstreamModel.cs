using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>A model that a server computes.</summary>
/// <param name="Loaded">What clients see of it.</param>
/// <param name="Name">Its name at the server.</param>
/// <param name="Server">What the server is.</param>
/// <param name="Protocol">How it is asked.</param>
/// <param name="Http">The way to it.</param>
/// <param name="Slots">Its slots and queue.</param>
/// <param name="Encoding">Makes ids of text; null where the server gives ids.</param>
/// <param name="AnswersAs">The name that its answers have to carry; null before the first one, and where they carry none.</param>
internal sealed record UpstreamModel(
    LoadedModel Loaded, string Name, UpstreamServer Server, UpstreamProtocol Protocol, UpstreamHttp Http, ModelSlots Slots, TextEncoding? Encoding, string? AnswersAs = null);
