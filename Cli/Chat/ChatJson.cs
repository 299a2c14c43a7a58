using System.Text.Json.Serialization;

namespace CocoonOrleans.Cli.Chat;

/// <summary>How questions are written.</summary>
[JsonSerializable(typeof(ChatQuestion))]
internal sealed partial class ChatJson : JsonSerializerContext;
