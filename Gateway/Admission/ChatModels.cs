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
    /// <returns>What is wrong with it; null where nothing is.</returns>
    /// <exception cref="TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">The worker's answer breaks the protocol.</exception>
    public async Task<string?> LoadAsync(string sha256, WorkerTunnel tunnel, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        if (_models.ContainsKey(sha256))
        {
            return null;
        }

        // One at a time: they are large while they are loaded, and workers of one model come together.
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _models.ContainsKey(sha256) ? null : Load(sha256, await tunnel.GetTokenizerAsync(sha256, cancellationToken));
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private string? Load(string sha256, TokenizerFiles files)
    {
        var known = new ChatModelFiles(files.TokenizerJson, files.TokenizerConfigJson, files.ChatTemplate);
        if (known.ComputeSha256() != sha256)
        {
            return "tokenizers: the files do not have the hash that the registration says; get the right ones.";
        }

        try
        {
            var model = ChatModel.Load(known);

            // The simplest chat must work. It also has the code compiled before the first client waits for it.
            if (ChatCompletionRequest.TryParse(Rehearsal, out ChatCompletionRequest? request, out _) && !model.TryCountPrompt(request, out _, out ChatRequestError? fault))
            {
                return $"tokenizers: a plain chat fails with these files: {fault.Message}";
            }

            _models[sha256] = model;
            return null;
        }
        catch (Exception e) when (e is TokenizerFormatException or TemplateSyntaxException)
        {
            return $"tokenizers: the files can't be read: {e.Message}";
        }
    }
}
