#pragma warning disable
namespace CocoonOrleans.Tokenization.Chat;
public sealed class ChatModel
{
    private CocoonOrleans.Tokenization.Tokenizers.Tokenizer _t;
    public static ChatModel Load(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, string template) => new() { _t = Tokenizers.Tokenizer.Load(a, b), Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(a.Span)) };
    public int[] EncodePrompt(ChatCompletionRequest request) => _t.Encode(string.Concat(request.Messages.Select(m => m.Content)), true);
    public string Sha256 { get; init; }
    public IReadOnlySet<int> StopIds { get; } = new HashSet<int>();
}
