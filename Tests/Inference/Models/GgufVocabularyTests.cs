using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tokenization.Chat;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>Folders with nothing but one GGUF file, whose keys are the tokenizer.</summary>
public sealed class GgufVocabularyTests : IDisposable
{
    private static readonly string[] Texts =
        ["Once upon a time, there was a little girl.", " two  spaces ", "Łódź, 中文 and 🙂", "line\n\nbreak\ttab", "it's 12345 o'clock!", "<s> is text </s>", ""];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<GgufWriter, string, string> Refused => new()
    {
        { new GgufWriter(), "tokenizer.ggml.tokens", "is missing" },
        { ByteLevel().Key("tokenizer.ggml.pre", "chameleon"), "tokenizer.ggml.pre", "chameleon is not supported" },
        { ByteLevel(), "tokenizer.ggml.pre", "is missing" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", ["a"]).Key("tokenizer.ggml.model", "t5"), "tokenizer.ggml.model", "t5 is not supported" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", ["a", "a"]).Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.pre", "gpt-2").Key("tokenizer.ggml.merges", []), "tokenizer.ggml.tokens", "twice" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", ["a"]).Key("tokenizer.ggml.model", "llama"), "tokenizer.ggml.scores", "is missing" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", ["a"]).Key("tokenizer.ggml.model", "llama").Numbers("tokenizer.ggml.scores", 1, 2), "tokenizer.ggml.scores", "one number for each" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", ["a"]).Integers("tokenizer.ggml.token_type", 9), "tokenizer.ggml.token_type", "from 1 to 6" },
        { ByteLevel().Key("tokenizer.ggml.pre", "gpt-2").Key("tokenizer.ggml.bos_token_id", 7), "tokenizer.ggml.bos_token_id", "from 0 to 0" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", [new string('x', 60_000)]).Key("tokenizer.ggml.model", "llama").Numbers("tokenizer.ggml.scores", 1), "tokenizer.ggml.tokens", "too long" },
        // Each is a beginning of all that follow: a megabyte that would be joined in a million ways.
        { new GgufWriter().Key("tokenizer.ggml.tokens", [.. Enumerable.Range(1, 1_476).Select(length => new string('x', length))]).Key("tokenizer.ggml.model", "llama").Numbers("tokenizer.ggml.scores", new float[1_476]), "tokenizer.ggml.tokens", "too long" },
        { new GgufWriter().Key("tokenizer.ggml.tokens", []).Key("tokenizer.ggml.model", "bert"), "tokenizer.ggml.tokens", "no token" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ExportOfByteLevelTokenizer_GivesTheSameIds()
    {
        using var model = new TinyModel();

        AssertSame(Export(model.Folder, expectUnsaid: false), ModelFolder.ReadChat(model.Folder));
    }

    [Fact]
    public void Read_ExportOfATokenizerThatNoKeyDescribes_GivesTheSameIdsByItsOwnFile()
    {
        var exported = Export(HouseModelFolder.Path, expectUnsaid: true);

        AssertSame(exported, ModelFolder.ReadChat(HouseModelFolder.Path));
        Assert.Equal(ModelFolder.ReadChat(HouseModelFolder.Path).TemplateSource, exported.TemplateSource);
    }

    [Theory]
    [InlineData("\"rstrip\":false", "\"rstrip\":true")]
    [InlineData("\"use_regex\":true},\"post", "\"use_regex\":false},\"post")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFKC\"}")]
    public void Read_ExportOfWhatNoKeySays_GivesTheSameIdsByItsOwnFile(string from, string to)
    {
        using var model = new TinyModel();
        var json = File.ReadAllText(model.PathOf("tokenizer.json"));
        Assert.Contains(from, json, StringComparison.Ordinal);
        File.WriteAllText(model.PathOf("tokenizer.json"), json.Replace(from, to, StringComparison.Ordinal));

        AssertSame(Export(model.Folder, expectUnsaid: true), ModelFolder.ReadChat(model.Folder));
    }

    [SkippableFact]
    public void Read_GgufOfStories260K_GivesTheIdsOfItsTokenizerJson()
    {
        File.Copy(Path.Combine(Stories260K.Folder, "..", "stories260K.gguf"), _folder.File("model.gguf"));

        var read = ModelFolder.Read(_folder.Path);

        AssertSame(read.Chat(), ModelFolder.ReadChat(Stories260K.Folder));
        Assert.Equal(read.Chat().Sha256, ModelFolder.ReadChat(_folder.Path).Sha256);
        Assert.Equal(512, read.Describe("stories", 64).Tokenizer.VocabularySize);
    }

    [SkippableFact]
    public void Read_ExportOfStories260K_GivesTheIdsOfItsTokenizerJson()
        => AssertSame(Export(Stories260K.Folder, expectUnsaid: false), ModelFolder.ReadChat(Stories260K.Folder));

    [Theory]
    [InlineData(true, true, new[] { 1, 264, 259, 260 })]
    [InlineData(true, false, new[] { 264, 259, 260 })]
    [InlineData(false, false, new[] { 262, 259, 260 })]
    public void Read_SentencePieceKeys_JoinsByScore(bool addsSpace, bool addsBegin, int[] expected)
    {
        // Ids 259 up. "ab" before "ba", so that "aba" is never "a" and "ba".
        string[] text = ["\u2581", "a", "b", "ab", "ba", "\u2581ab"];
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), .. text];
        int[] types = [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, text.Length)];
        float[] scores = [.. new float[tokens.Length - 3], -1, -2, -3];
        var file = new GgufWriter().Key("tokenizer.ggml.model", "llama").Key("tokenizer.ggml.tokens", tokens).Numbers("tokenizer.ggml.scores", scores).Integers("tokenizer.ggml.token_type", types)
            .Raw("tokenizer.ggml.add_space_prefix", 7, writer => writer.Write(addsSpace)).Raw("tokenizer.ggml.add_bos_token", 7, writer => writer.Write(addsBegin));
        File.WriteAllBytes(_folder.File("model.gguf"), file.ToBytes());

        var tokenizer = ModelFolder.ReadChat(_folder.Path).Tokenizer;

        Assert.Equal(expected, tokenizer.Encode("ab a", addSpecialTokens: true));
        Assert.Equal((1, 2), (tokenizer.BeginOfTextId, tokenizer.EndOfTextId));
        Assert.Equal("ab a\n", tokenizer.Decode(tokenizer.Encode("ab a\n", addSpecialTokens: true)));
        Assert.Equal([.. expected[..^2], 260, 13], [.. tokenizer.Encode("aba\n", addSpecialTokens: true)]);
    }

    [Fact]
    public void Read_TokenizerJsonBeside_GoesBefore()
    {
        using var model = new TinyModel();
        Export(model.Folder, expectUnsaid: false);
        File.WriteAllText(_folder.File("tokenizer.json"), "{}");

        Assert.Equal("tokenizer.json", Assert.Throws<ModelFormatException>(() => ModelFolder.ReadChat(_folder.Path)).File);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_KeysThatAreNoTokenizer_NameTheKey(GgufWriter file, string key, string rule)
    {
        File.WriteAllBytes(_folder.File("model.gguf"), file.ToBytes());

        var e = Assert.Throws<ModelFormatException>(() => ModelFolder.ReadChat(_folder.Path));

        Assert.Equal(("model.gguf", key), (e.File, e.Field));
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NeitherTokenizerNorGguf_IsNamed()
        => Assert.Equal("tokenizer.json", Assert.Throws<ModelFormatException>(() => ModelFolder.ReadChat(_folder.Path)).File);

    [Theory]
    [InlineData("bytes")]
    [InlineData("words")]
    [InlineData("sentences")]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void Read_MutatedKeys_GiveATokenizerOrATypedError(string kind)
    {
        using var model = new TinyModel();
        using var encoder = new TinyEncoder();
        if (kind == "sentences")
        {
            string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "\u2581", "a", "b", "ab", "\u2581ab"];
            File.WriteAllBytes(_folder.File("model.gguf"), new GgufWriter().Key("tokenizer.ggml.model", "llama").Key("tokenizer.ggml.tokens", tokens).Numbers("tokenizer.ggml.scores", new float[tokens.Length])
                .Integers("tokenizer.ggml.token_type", [2, 3, 3, .. Enumerable.Repeat(6, 256), 1, 1, 1, 1, 1]).Add("token_embd.weight", [1], [1f]).ToBytes());
        }
        else
        {
            Export(kind == "bytes" ? model.Folder : encoder.Folder, expectUnsaid: false);
        }

        var whole = File.ReadAllBytes(_folder.File("model.gguf"));

        // The keys end where the tensors' names begin.
        var keys = whole.AsSpan().IndexOf("token_embd.weight"u8);
        Gen.Select(Gen.Int[0, keys], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = (byte[])whole.Clone();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                File.WriteAllBytes(_folder.File("model.gguf"), bytes);
                return Record.Exception(() => ModelFolder.ReadChat(_folder.Path)) is null or ModelFormatException;
            },
            iter: LongRun.Rounds(500, 100_000),
            threads: 1);
    }

    private ChatModel Export(string folder, bool expectUnsaid)
    {
        using (var stream = File.Create(_folder.File("model.gguf")))
        {
            Assert.Equal(expectUnsaid, GgufExport.Write(ModelFolder.Read(folder), GgufTensorType.F32, stream, CancellationToken.None) is not null);
        }

        return ModelFolder.ReadChat(_folder.Path);
    }

    private static void AssertSame(ChatModel actual, ChatModel expected)
    {
        Assert.Equal(expected.Tokenizer.BeginOfTextId, actual.Tokenizer.BeginOfTextId);
        Assert.Equal(expected.Tokenizer.EndOfTextId, actual.Tokenizer.EndOfTextId);
        Assert.All(Texts, text =>
        {
            var ids = expected.Tokenizer.Encode(text, addSpecialTokens: true);
            Assert.Equal(ids, actual.Tokenizer.Encode(text, addSpecialTokens: true));
            Assert.Equal(expected.Tokenizer.Decode(ids), actual.Tokenizer.Decode(ids));
        });
        Assert.All(Enumerable.Range(0, expected.Tokenizer.VocabularySize), id => Assert.Equal(expected.Tokenizer.IsSpecial(id), actual.Tokenizer.IsSpecial(id)));
    }

    private static GgufWriter ByteLevel() => new GgufWriter().Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.tokens", ["a"]).Key("tokenizer.ggml.merges", []);
}

/// <summary>Lists of numbers.</summary>
file static class Lists
{
    public static GgufWriter Numbers(this GgufWriter writer, string key, params float[] values) => writer.Raw(key, 9, file =>
    {
        file.Write(6u);
        file.Write((ulong)values.Length);
        Array.ForEach(values, file.Write);
    });

    public static GgufWriter Integers(this GgufWriter writer, string key, params int[] values) => writer.Raw(key, 9, file =>
    {
        file.Write(5u);
        file.Write((ulong)values.Length);
        Array.ForEach(values, file.Write);
    });
}
