using System.Text;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>Tokenizer and chat template of a model folder: as the worker uses them, and as the bytes that a gateway fetches to count prompts alike.</summary>
/// <param name="Model">Loaded from exactly <paramref name="Files"/>, so that its hash is the one that the gateway finds.</param>
/// <param name="Files">The bytes.</param>
internal sealed record ChatFiles(ChatModel Model, TokenizerFiles Files)
{
    public static ChatFiles Read(string folder)
    {
        byte[] tokenizer = File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"));
        byte[] config = File.Exists(Path.Combine(folder, "tokenizer_config.json")) ? File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")) : [];
        string template = "";
        return new ChatFiles(ChatModel.Load(tokenizer, config, template), new TokenizerFiles(tokenizer, config, Encoding.UTF8.GetBytes(template)));
    }
}
