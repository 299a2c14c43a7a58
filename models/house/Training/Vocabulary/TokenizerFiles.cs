using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CocoonOrleans.HouseModel.Vocabulary;

/// <summary>
/// Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> in Hugging Face's format: byte-level BPE without merges, in which a whole piece that
/// is in the vocabulary is one token (<c>ignore_merges</c>) and any other piece is its bytes.
/// </summary>
public static class TokenizerFiles
{
    /// <summary>Starts a message.</summary>
    public const string Start = "<|im_start|>";

    /// <summary>Ends a message, and so an answer.</summary>
    public const string End = "<|im_end|>";

    /// <summary>Fills rows of unequal length in training.</summary>
    public const string Padding = "<|endoftext|>";

    private const int Bytes = 256;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>ChatML. Functions stand as signatures at the end of the system message; calls are written as Hermes writes them; results come from the role <c>tool</c>.</summary>
    public const string ChatTemplate =
        """
        {%- macro describe(name, parameter, required) -%}
        {{ name }}{% if name not in required %}?{% endif %}: {% if parameter.enum %}{{ parameter.enum | join('|') }}{% elif parameter.type is string %}{{ parameter.type }}{% elif parameter.type %}{{ parameter.type | join('|') }}{% else %}any{% endif %}
        {%- endmacro -%}
        {%- set talk = messages -%}
        {%- set system = none -%}
        {%- if messages and messages[0].role in ['system', 'developer'] -%}
        {%- set system = messages[0].content -%}
        {%- set talk = messages[1:] -%}
        {%- endif -%}
        {%- if system is not none or tools -%}
        {{ '<|im_start|>system\n' }}{% if system is not none %}{{ system }}{% endif %}{% if system is not none and tools %}{{ '\n' }}{% endif %}
        {%- if tools %}{{ 'Tools:' }}{% for tool in tools %}{% set function = tool.function %}{{ '\n' + function.name + '(' }}
        {%- if function.parameters and function.parameters.properties -%}
        {%- for name, parameter in function.parameters.properties.items() -%}
        {{ describe(name, parameter, function.parameters.required or []) }}{% if not loop.last %}{{ ', ' }}{% endif %}
        {%- endfor -%}
        {%- endif -%}
        {{ ')' }}{% if function.description %}{{ ': ' + function.description }}{% endif %}{% endfor %}{% endif %}
        {{- '<|im_end|>\n' -}}
        {%- endif -%}
        {%- for message in talk -%}
        {{ '<|im_start|>' + message.role + '\n' + (message.content or '') }}
        {%- for call in message.tool_calls or [] -%}
        {%- if message.content or not loop.first %}{{ '\n' }}{% endif -%}
        {{ '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}{% if call.function.arguments is string %}{{ call.function.arguments }}{% else %}{{ call.function.arguments | tojson }}{% endif %}{{ '}\n</tool_call>' }}
        {%- endfor -%}
        {{ '<|im_end|>\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif -%}
        """;

    /// <summary>Writes both files into an existing folder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="pieces">The words that are one token each, in the order of their ids.</param>
    /// <param name="positions">The longest context, in tokens.</param>
    public static void Write(string folder, IReadOnlyList<string> pieces, int positions)
    {
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer(pieces).ToJsonString(Indented) + "\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), Config(positions).ToJsonString(Indented) + "\n");
    }

    private static JsonObject Tokenizer(IReadOnlyList<string> pieces)
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < Bytes; value++)
        {
            vocabulary.Add(Character((byte)value).ToString(), value);
        }

        foreach (var piece in pieces)
        {
            vocabulary.Add(string.Concat(Encoding.UTF8.GetBytes(piece).Select(Character)), vocabulary.Count);
        }

        var special = new[] { Padding, Start, End }.Select((token, i) => new JsonObject
        {
            ["id"] = vocabulary.Count + i,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        });
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. special]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = VocabularyBuilder.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
    }

    private static JsonObject Config(int positions) => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["bos_token"] = null,
        ["eos_token"] = End,
        ["pad_token"] = Padding,
        ["add_bos_token"] = false,
        ["clean_up_tokenization_spaces"] = false,
        ["model_max_length"] = positions,
        ["chat_template"] = ChatTemplate,
    };

    /// <summary>The character that stands for a byte in byte-level vocabularies (<c>bytes_to_unicode</c> of OpenAI's gpt-2).</summary>
    private static char Character(byte value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        return (char)(Printable(value) ? value : Bytes + Enumerable.Range(0, value).Count(b => !Printable(b)));
    }
}
