using System.Collections.Concurrent;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Templates;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>
/// Tokenizers and chat templates by their hash, brought by the first worker that serves the model. Only hashes of the catalogue are asked for, so their
/// number is bounded.
/// </summary>
public sealed class ChatModels : IDisposable
{
    private static readonly byte[] Rehearsal = """{"model":"any","messages":[{"role":"user","content":"What is 3 plus 4?"}]}"""u8.ToArray();

    private readonly ConcurrentDictionary<string, ChatModel> _models = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1);

    /// <summary>The model with this hash; null where no worker brought it yet.</summary>
    public ChatModel? Find(string sha256) => _models.GetValueOrDefault(sha256);

    /// <summary>Fetches a tokenizer from a worker, unless it is here already.</summary>
    /// <param name="sha256">The hash.</param>
    /// <param name="tunnel">The way to the worker.</param>
    /// <param name="chats">Whether a model chats with it: then it needs a chat template that works.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    /// <exception cref="TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">The worker's answer breaks the protocol.</exception>
    public async Task<string?> LoadAsync(string sha256, WorkerTunnel tunnel, bool chats, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        if (Find(sha256) is { } present)
        {
            return chats ? FindFault(present) : null;
        }

        // One at a time: they are large while they are loaded, and workers of one model come together.
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return Find(sha256) is { } loaded ? (chats ? FindFault(loaded) : null) : Load(sha256, await tunnel.GetTokenizerAsync(sha256, cancellationToken), chats);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private string? Load(string sha256, TokenizerFiles files, bool chats)
    {
        var known = new ChatModelFiles(files.TokenizerJson, files.TokenizerConfigJson, files.ChatTemplate);
        if (known.ComputeSha256() != sha256)
        {
            return "tokenizers: the files do not have the hash that the registration says; get the right ones.";
        }

        try
        {
            var model = ChatModel.Load(known);

            if (chats && FindFault(model) is { } fault)
            {
                return fault;
            }

            _models[sha256] = model;
            return null;
        }
        catch (Exception e) when (e is TokenizerFormatException or TemplateSyntaxException)
        {
            return $"tokenizers: the files can't be read: {e.Message}";
        }
    }

    /// <summary>The simplest chat must work. It also has the code compiled before the first client waits for it.</summary>
    private static string? FindFault(ChatModel model) =>
        ChatCompletionRequest.TryParse(Rehearsal, out ChatCompletionRequest? request, out _) && !model.TryCountPrompt(request, out _, out ChatRequestError? fault)
            ? $"tokenizers: a plain chat fails with these files: {fault.Message}"
            : null;
}
