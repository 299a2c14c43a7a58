using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Templates;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.Tokenization.ToolCalls;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>
/// Tokenizer and chat template of one model: all that it takes to turn a chat into the ids that the model reads. Gateway, client and worker count
/// prompts with exactly this, and know by <see cref="Sha256"/> that they mean the same; only a template that writes the date may give two of them different
/// prompts, around midnight UTC. Immutable and thread-safe.
/// </summary>
public sealed class ChatModel
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int MostTemplates = 16;
    private const string DefaultTemplate = "default";
    private const string ToolTemplate = "tool_use";

    private readonly ChatTemplate? _template;
    private readonly ChatTemplate? _toolTemplate;

    private ChatModel(ChatModelFiles files, ReadOnlyMemory<byte> generationConfigJson)
    {
        Files = files;
        Sha256 = files.ComputeSha256();
        Tokenizer = Tokenizer.Load(files.TokenizerJson, files.TokenizerConfigJson);
        (TemplateSource, var toolSource) = ReadTemplates(files);
        if (TemplateSource is { } source)
        {
            _template = ChatTemplate.Parse(source);
            _toolTemplate = toolSource is null ? _template : ChatTemplate.Parse(toolSource);
            ToolCallStyle = ToolCallStyles.Of(toolSource ?? source);
            Reasons = source.Contains("<think>", StringComparison.Ordinal) || source.Contains("</think>", StringComparison.Ordinal);
        }

        using var generation = generationConfigJson.IsEmpty ? null : ModelFile.Parse(ModelFile.GenerationConfig, generationConfigJson);
        JsonField? config = generation is null ? null : new JsonField(ModelFile.GenerationConfig, "", generation.RootElement);
        StopIds = ReadStopIds(config).ToFrozenSet();
        SamplingDefaults = config is null ? SamplingDefaults.None : SamplingDefaults.Read(config.Value);
    }

    /// <summary>The files that this was loaded from, for whoever has to count the same.</summary>
    public ChatModelFiles Files { get; }

    /// <summary>Hash of <see cref="Files"/>, see <see cref="ChatModelFiles.ComputeSha256"/>; 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The model's tokenizer. For a raw prompt, without chat, use its <see cref="Tokenizer.Encode(string, bool)"/> with special tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Whether the model has a chat template. One without serves raw prompts only.</summary>
    [MemberNotNullWhen(true, nameof(_template), nameof(_toolTemplate))]
    public bool HasChatTemplate => _template is not null;

    /// <summary>The chat template's source, from whichever file has it; null where there is none.</summary>
    public string? TemplateSource { get; }

    /// <summary>Ids that end an answer: the config's <c>eos_token</c> and the <c>eos_token_id</c> of <c>generation_config.json</c>, one or several.</summary>
    public IReadOnlySet<int> StopIds { get; }

    /// <summary>How tokens are chosen where a request doesn't say.</summary>
    public SamplingDefaults SamplingDefaults { get; }

    /// <summary>
    /// Loads from a model's folder: <c>tokenizer.json</c>, and where they are present <c>tokenizer_config.json</c>, <c>chat_template.jinja</c> and
    /// <c>generation_config.json</c>.
    /// </summary>
    /// <exception cref="TokenizerFormatException">A file is missing, too large, malformed, or asks for something that isn't supported.</exception>
    /// <exception cref="TemplateSyntaxException">The chat template is broken or uses a word that isn't supported.</exception>
    public static ChatModel Load(string folder) => Load(
        new ChatModelFiles(
            ModelFile.Read(folder, ModelFile.Tokenizer), ModelFile.ReadIfPresent(folder, ModelFile.Config), ModelFile.ReadIfPresent(folder, ModelFile.Template)),
        ModelFile.ReadIfPresent(folder, ModelFile.GenerationConfig));

    /// <summary>Loads from files in memory.</summary>
    /// <param name="tokenizerJson">As <see cref="ChatModelFiles.TokenizerJson"/>.</param>
    /// <param name="tokenizerConfigJson">As <see cref="ChatModelFiles.TokenizerConfigJson"/>.</param>
    /// <param name="chatTemplate">The template's source; empty where it stands in the config or there is none.</param>
    /// <exception cref="TokenizerFormatException">A file is too large, malformed, or asks for something that isn't supported.</exception>
    /// <exception cref="TemplateSyntaxException">The chat template is broken or uses a word that isn't supported.</exception>
    public static ChatModel Load(ReadOnlyMemory<byte> tokenizerJson, ReadOnlyMemory<byte> tokenizerConfigJson, string chatTemplate) =>
        Load(new ChatModelFiles(tokenizerJson, tokenizerConfigJson, Encoding.UTF8.GetBytes(chatTemplate)));

    /// <summary>Loads from the files' bytes, such as a worker sent them. They are read as hostile input; comparing <see cref="ChatModelFiles.ComputeSha256"/> first is the caller's part.</summary>
    /// <param name="files">The files.</param>
    /// <param name="generationConfigJson"><c>generation_config.json</c>, which may name more stop tokens and how to sample. It is no part of the hash: who only counts prompts has no use for it.</param>
    /// <exception cref="TokenizerFormatException">A file is too large, malformed, or asks for something that isn't supported.</exception>
    /// <exception cref="TemplateSyntaxException">The chat template is broken or uses a word that isn't supported.</exception>
    public static ChatModel Load(ChatModelFiles files, ReadOnlyMemory<byte> generationConfigJson = default) => new(files, generationConfigJson);

    /// <summary>How the model writes calls of functions; <see cref="ToolCallStyle.None"/> where it can't call any.</summary>
    public ToolCallStyle ToolCallStyle { get; }

    /// <summary>Whether the model may think before it answers, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    public bool Reasons { get; }

    /// <summary>What takes a request's answer apart.</summary>
    /// <param name="request">The request.</param>
    /// <param name="promptIds">Its prompt.</param>
    public AnswerParser ParserFor(ChatCompletionRequest request, ReadOnlySpan<int> promptIds)
    {
        var style = request.Tools.Count > 0 && request.ToolChoice.Mode != ToolChoiceMode.None ? ToolCallStyle : ToolCallStyle.None;

        // Some templates open the reasoning themselves.
        const int Tail = 8;
        var reasons = Reasons && request.Prompt is null;
        var starts = reasons && Tokenizer.Decode(promptIds[^Math.Min(Tail, promptIds.Length)..]).TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
        return new AnswerParser(style, request.Tools.Select(tool => tool.Name).ToHashSet(), reasons, starts, ForcedCallOf(request));
    }

    /// <summary>The call that a request forces, with whose beginning its prompt ends; null where it forces none.</summary>
    public ForcedCall? ForcedCallOf(ChatCompletionRequest request) => ForcedCall.Of(request, ToolCallStyle);

    /// <summary>The ids of a request's prompt, up to where the assistant's answer begins. No part of a message becomes a special token.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ids">The prompt's ids, if there is a prompt.</param>
    /// <param name="error">Why there is none: the model has no chat template, or its template refuses this chat.</param>
    /// <returns>Whether there is a prompt.</returns>
    /// <exception cref="TokenizerFormatException">A splitting pattern of the model's file took too long on this text.</exception>
    public bool TryEncodePrompt(ChatCompletionRequest request, [NotNullWhen(true)] out int[]? ids, [NotNullWhen(false)] out ChatRequestError? error)
    {
        ids = Encode(request, out error)?.ToArray();
        return error is null && ids is not null;
    }

    /// <summary>How many ids <see cref="TryEncodePrompt"/> gives.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tokens">The count, if there is a prompt.</param>
    /// <param name="error">Why there is none.</param>
    /// <returns>Whether there is a prompt.</returns>
    /// <exception cref="TokenizerFormatException">As for <see cref="TryEncodePrompt"/>.</exception>
    public bool TryCountPrompt(ChatCompletionRequest request, out int tokens, [NotNullWhen(false)] out ChatRequestError? error)
    {
        tokens = Encode(request, out error)?.Count ?? 0;
        return error is null;
    }

    private List<int>? Encode(ChatCompletionRequest request, out ChatRequestError? error)
    {
        error = null;
        if (request.Prompt is { } raw)
        {
            return EncodeRaw(raw, out error);
        }

        if (!HasChatTemplate)
        {
            error = new ChatRequestError("This model has no chat template: it completes text and cannot chat. Choose another model.", "model", ChatRequestError.UnsupportedParameter);
            return null;
        }

        if (request.Tools.Count > 0 && request.ToolChoice.Mode != ToolChoiceMode.None && ToolCallStyle == ToolCallStyle.None)
        {
            error = new ChatRequestError("This model can't call functions. Choose another model, or leave tools out.", "tools", ChatRequestError.UnsupportedParameter);
            return null;
        }

        if (request.Tools.Count > 0 && request.ToolChoice.Mode != ToolChoiceMode.None && request.ResponseFormat is not null)
        {
            string field = request.ResponseFormat is { Pattern: null, Gbnf: null } ? "response_format" : "structured_outputs";
            error = new ChatRequestError($"'{field}' is not supported beside tools: leave one of them out, or set tool_choice to none.", field, ChatRequestError.UnsupportedParameter);
            return null;
        }

        var input = new ChatTemplateInput
        {
            Messages = [.. request.Messages.Select(ChatMessageJson.Write)],
            Tools = request.Tools.Count > 0 && request.ToolChoice.Mode != ToolChoiceMode.None ? [.. request.Tools.Select(tool => ChatMessageJson.Parse(tool.Json))] : null,
            AddGenerationPrompt = true,
            BeginOfText = TokenOf(Tokenizer.BeginOfTextId),
            EndOfText = TokenOf(Tokenizer.EndOfTextId),
        };
        if (!(input.Tools is null ? _template : _toolTemplate).TryRender(input, out var prompt, out var refusal))
        {
            error = new ChatRequestError($"The model's chat template refuses this chat: {refusal.Reason}", "messages", ChatRequestError.InvalidValue);
            return null;
        }

        var ids = new List<int>(prompt.Text.Length / 3);
        Tokenizer.Encode(prompt.Text, new SpecialTokenPlaces(prompt).AllowedUntil, ids);
        if (ForcedCallOf(request) is { } call)
        {
            Tokenizer.Encode(call.Opening, static _ => int.MaxValue, ids);
        }

        return ids;
    }

    private List<int>? EncodeRaw(RawPrompt prompt, out ChatRequestError? error)
    {
        var ids = prompt.Ids ?? Tokenizer.Encode(prompt.Text!, addSpecialTokens: true);
        error = ids.Length == 0 ? new ChatRequestError("'prompt' has no token.", "prompt", ChatRequestError.InvalidValue)
            : Array.Exists(ids, id => id >= Tokenizer.VocabularySize) ? new ChatRequestError($"'prompt' has a token id that the model doesn't know: they are below {Tokenizer.VocabularySize}.", "prompt", ChatRequestError.InvalidValue)
            : null;
        return error is null ? [.. ids] : null;
    }

    private string? TokenOf(int? id) => id is null ? null : Tokenizer.TokenOf(id.Value);

    /// <summary>The template, and one for chats with functions where the config has several: a list of names and templates, as transformers reads it.</summary>
    private static (string? Template, string? ForTools) ReadTemplates(ChatModelFiles files)
    {
        if (!files.ChatTemplate.IsEmpty)
        {
            try
            {
                return (StrictUtf8.GetString(files.ChatTemplate.Span), null);
            }
            catch (DecoderFallbackException)
            {
                throw new TokenizerFormatException(ModelFile.Template, "", "is not UTF-8");
            }
        }

        if (files.TokenizerConfigJson.IsEmpty)
        {
            return default;
        }

        using var config = ModelFile.Parse(ModelFile.Config, files.TokenizerConfigJson);
        var template = new JsonField(ModelFile.Config, "", config.RootElement)["chat_template"];
        if (template.IsNull || template.Element.ValueKind != JsonValueKind.Array)
        {
            return (template.IsNull ? null : template.String(), null);
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in template.Items(MostTemplates))
        {
            if (!named.TryAdd(item["name"].String(), item["template"].String()))
            {
                throw item["name"].Refuse("is there twice");
            }
        }

        return named.TryGetValue(DefaultTemplate, out var source) ? (source, named.GetValueOrDefault(ToolTemplate)) : throw template.Refuse($"has no template of the name {DefaultTemplate}");
    }

    private HashSet<int> ReadStopIds(JsonField? config)
    {
        var ids = new HashSet<int>();
        if (Tokenizer.EndOfTextId is { } end)
        {
            ids.Add(end);
        }

        if (config is not null)
        {
            var field = config.Value["eos_token_id"];
            foreach (var id in field.IsNull ? [] : field.Element.ValueKind == JsonValueKind.Array ? field.Items(64) : [field])
            {
                ids.Add(id.Number(Tokenizer.VocabularySize - 1));
            }
        }

        return ids;
    }
}
