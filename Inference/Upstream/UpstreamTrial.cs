using System.Text;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// A few tokens that a model has to generate before it is served: whether the server takes what it is sent, and whether ids mean the same text there and here. A
/// tokenizer folder of another model would turn every prompt into nonsense, and every count into a lie.
/// </summary>
internal static class UpstreamTrial
{
    private const string Prompt = "The quick brown fox jumps over the";
    private const int Tokens = 8;

    /// <summary>Asks for them.</summary>
    /// <returns>The name that the model's answers carry; null where they carry none.</returns>
    /// <exception cref="UpstreamFaultException">The server did something wrong.</exception>
    /// <exception cref="UpstreamException">Its tokens are not those of the folder's tokenizer.</exception>
    public static async Task<string?> RunAsync(UpstreamModel model, UpstreamEngineOptions options, CancellationToken cancellationToken)
    {
        var tokenizer = model.Loaded.Tokenizer;
        var prompt = tokenizer.Encode(Prompt, addSpecialTokens: true);
        var generation = new GenerationRequest { Model = model.Loaded.Name, PromptIds = prompt, MaxCompletionTokens = Tokens, Sampling = SamplingOptions.Greedy };
        var request = new UpstreamRequest(model.Name, generation, Math.Min(Tokens, model.Loaded.ContextTokens - prompt.Length), Seed: 0, StopIds: [], CacheSalt: "trial");
        if (request.MaxTokens < 1)
        {
            throw new UpstreamException($"A context of {model.Loaded.ContextTokens} tokens is too short to try the model. Set the model's Upstream:ContextTokens to {prompt.Length + Tokens} or more.");
        }

        var (ids, all, last) = (new List<int>(), new StringBuilder(), "");
        await using var answer = new UpstreamAnswer(model, options, request)
        {
            Seen = chunk =>
            {
                ids.AddRange(chunk.Ids);
                all.Append(chunk.Text);
                last = chunk.Text.Length > 0 ? chunk.Text : last;
            },
        };
        while (answer.Finish is null && ids.Count < Tokens)
        {
            await answer.NextAsync(cancellationToken);
        }

        var here = Letters(tokenizer.Decode([.. prompt, .. ids])[tokenizer.Decode(prompt).Length..]);
        // SGLang repeats the text so far in each event.
        return ids.Count == 0 || all.Length == 0 || here == Letters(all.ToString()) || here == Letters(last) || !Comparable(model, all)
            ? answer.AnswersAs
            : throw new UpstreamException(
                $"The upstream's token ids are not those of {model.Loaded.Name}'s tokenizer.json: the same ids give another text there. Name the tokenizer's folder of exactly the model that the server runs.");
    }

    /// <summary>Servers differ in blanks around special tokens, and in what they make of half a character.</summary>
    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '\uFFFD'));

    /// <summary>llama-server leaves ids out where a character takes several.</summary>
    private static bool Comparable(UpstreamModel model, StringBuilder text) => model.Protocol.GivesIds || Ascii.IsValid(text.ToString());
}
