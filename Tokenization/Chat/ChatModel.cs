namespace CocoonOrleans.Tokenization.Chat;
/// <summary>TEMP</summary>
public sealed class ChatModel {
/// <summary>TEMP</summary>
public static ChatModel Load(string folder) => new();
/// <summary>TEMP</summary>
public int[] EncodePrompt(ChatCompletionRequest r) => [];
/// <summary>TEMP</summary>
public IReadOnlySet<int> StopIds => new HashSet<int>();
/// <summary>TEMP</summary>
public string Sha256 => ""; }
