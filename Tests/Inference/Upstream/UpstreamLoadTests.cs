using System.ComponentModel.DataAnnotations;
using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Upstream;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>What an engine looks at before it serves a model that another server computes.</summary>
public sealed class UpstreamLoadTests
{
    [Theory]
    [InlineData(UpstreamDialect.Vllm, "vllm 0.11.0")]
    [InlineData(UpstreamDialect.Sglang, "sglang 0.5.4")]
    [InlineData(UpstreamDialect.LlamaServer, "llama-server b6500-0123abc")]
    public async Task Load_KnownServer_TakesItsVersionAndContext(UpstreamDialect dialect, string version)
    {
        await using var bench = await UpstreamBench.StartAsync(dialect);

        var model = await bench.LoadAsync();

        Assert.Equal((EngineKind.Upstream, version), (bench.Engine.Capabilities.Kind, bench.Engine.Capabilities.Version));
        Assert.Equal(512, model.ContextTokens);
    }

    [Fact]
    public async Task Load_ServerThatSaysNothing_NeedsTheContextAndIsAskedAsOpenAi()
    {
        await using var bench = await UpstreamBench.StartAsync(UpstreamDialect.OpenAi);
        Assert.Contains("ContextTokens", await FailureAsync(bench), StringComparison.Ordinal);
        bench.Upstream.ContextTokens = 100;

        Assert.Equal(100, (await bench.LoadAsync()).ContextTokens);
        Assert.Equal("openai-compatible", bench.Engine.Capabilities.Version);
    }

    [Fact]
    public async Task Load_NoServerThere_SaysWhatToDo()
    {
        await using var bench = await UpstreamBench.StartAsync();
        await bench.Server.DisposeAsync();

        var failure = await FailureAsync(bench);

        Assert.Contains("the connection was refused", failure, StringComparison.Ordinal);
        Assert.Contains("Start the server first", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ServerStillLoading_WaitsForIt()
    {
        await using var bench = await UpstreamBench.StartAsync(configure: options => options.StartLimit = TimeSpan.FromMinutes(1));
        var loading = true;
        bench.Server.Everything = context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.FromResult(Volatile.Read(ref loading));
        };
        var stages = new List<LoadStage>();
        var load = bench.LoadAsync(progress: new Stages(stages));
        await Eventually.EqualAsync(true, () => bench.Log.Lines.Any(line => line.Contains("Waiting up to", StringComparison.Ordinal)), "says that it waits");

        Volatile.Write(ref loading, false);
        bench.Server.Everything = null;
        await Eventually.EqualAsync(
            true,
            () =>
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
                return load.IsCompleted;
            },
            "loaded");

        await load;
        Assert.Equal([LoadStage.Reading, LoadStage.Connecting, LoadStage.Ready], stages);
    }

    [Fact]
    public async Task Load_ServerNeverUp_GivesUpAtTheLimit()
    {
        await using var bench = await UpstreamBench.StartAsync(configure: options => options.StartLimit = TimeSpan.FromSeconds(5));
        bench.Server.Everything = context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.FromResult(true);
        };
        var failure = FailureAsync(bench);
        await Eventually.EqualAsync(
            true,
            () =>
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
                return failure.IsCompleted;
            },
            "given up");

        Assert.Contains("status 503", await failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OtherModelServed_NamesThoseThatAre()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Upstream.Model = "other";

        Assert.Contains($"It serves: {StandInServer.Model}", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ContextLongerThanTheServers_IsRefused()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Upstream.ContextTokens = 513;

        Assert.Contains("has a context of 512 tokens", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UpstreamDialect.Vllm)]
    [InlineData(UpstreamDialect.Sglang)]
    [InlineData(UpstreamDialect.LlamaServer)]
    public async Task Load_IdsMeanAnotherTextThere_IsRefused(UpstreamDialect dialect)
    {
        await using var bench = await UpstreamBench.StartAsync(dialect);
        bench.Server.IdOffset = 1;

        Assert.Contains("are not those of", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_VllmWithoutIds_SaysWhichVersionGivesThem()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Server.WithoutIds = true;

        Assert.Contains("0.10.2", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_VllmWithoutIdsAskedAsOpenAi_CountsText()
    {
        await using var bench = await UpstreamBench.StartAsync();
        (bench.Server.WithoutIds, bench.Upstream.Dialect) = (true, UpstreamDialect.OpenAi);
        await bench.LoadAsync();

        var events = await bench.CollectAsync();

        Assert.Equal("The quick brown fox ", string.Concat(events.Select(step => step.Text)));
        Assert.Equal(20, Assert.IsType<GenerationFinished>(events[^1]).Usage.CompletionTokens);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":[{"id":7}]}""")]
    [InlineData("""{"data":[{"id":"\ud800"}]}""")]
    public async Task Load_NonsenseInPlaceOfModels_IsAnError(string models)
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Server.Everything = async context =>
        {
            await context.Response.WriteAsync(models);
            return true;
        };

        Assert.Contains("no answer", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_EndlessListOfModels_IsCutOff()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Server.Everything = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await StandInServer.SendAsync(context, new byte[65_536]);
            }

            return true;
        };

        Assert.Contains("more than", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_Redirected_IsNotFollowed()
    {
        await using var bench = await UpstreamBench.StartAsync();
        await using var elsewhere = await StandInServer.StartAsync(UpstreamDialect.Vllm);
        bench.Server.Everything = context =>
        {
            context.Response.Redirect($"{elsewhere.Address}{context.Request.Path}");
            return Task.FromResult(true);
        };

        Assert.Contains("redirects are not followed", await FailureAsync(bench), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Paths);
    }

    [Fact]
    public async Task Load_ApiKey_IsSentAndItsLackIsNamed()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Upstream.ApiKey = "key-1";
        await bench.LoadAsync();
        Assert.Equal("Bearer key-1", bench.Server.Authorization);
        bench.Server.Everything = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.FromResult(true);
        };

        Assert.Contains("ApiKey", (await Assert.ThrowsAsync<UpstreamException>(() => bench.LoadAsync("second"))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains("key-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Load_TrialRefused_SaysWhyInTheServersWords()
    {
        await using var bench = await UpstreamBench.StartAsync();
        bench.Server.Everything = async context =>
        {
            if (context.Request.Method != "POST")
            {
                return false;
            }

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("{\"error\":{\"message\":\"Field 'x':\\u0007 must be 1\"}}");
            return true;
        };

        Assert.Contains("with status 400: Field 'x': must be 1.", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_AddressElsewhere_IsNotConnectedTo()
    {
        // Reserved for documents: nobody listens there, and nobody is asked.
        await using var bench = await UpstreamBench.StartAsync();
        bench.Upstream.Address = "http://192.0.2.1:9";

        Assert.Contains("192.0.2.1 is not this machine", await FailureAsync(bench), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", false, true)]
    [InlineData("http://[::1]:8000", false, true)]
    [InlineData("http://localhost:8000/", false, true)]
    [InlineData("https://gpu.example.org", false, false)]
    [InlineData("https://gpu.example.org", true, true)]
    [InlineData("http://10.0.0.2:8000", false, false)]
    [InlineData("http://0.0.0.0:8000", false, false)]
    [InlineData("http://127.0.0.1:8000/v1", false, false)]
    [InlineData("http://user:secret@127.0.0.1:8000", false, false)]
    [InlineData("http://127.0.0.1:8000/?key=1", false, false)]
    [InlineData("ftp://127.0.0.1", false, false)]
    [InlineData("127.0.0.1:8000", false, false)]
    public void Address_OnlyOfThisMachineUnlessAllowed(string address, bool allowRemote, bool valid)
    {
        var options = new UpstreamModelOptions { Address = address, Model = "m", Weights = "w", AllowRemote = allowRemote };

        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Fact]
    public async Task Manifest_HoldsTokenizerFilesAndDeclaredWeights_NotThePresentWeights()
    {
        using var model = new TinyModel();
        var first = UpstreamFolder.Read(model.Folder, "repo@1").Manifest;
        File.Delete(model.PathOf("model.safetensors"));
        Assert.Equal(first.Sha256, UpstreamFolder.Read(model.Folder, "repo@1").Manifest.Sha256);
        Assert.Equal(["config.json", "tokenizer.json", "tokenizer_config.json", UpstreamFolder.WeightsEntry], first.Files.Select(file => file.Name));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("repo@1"))), first.Files[^1].Sha256);

        Assert.NotEqual(first.Sha256, UpstreamFolder.Read(model.Folder, "repo@2").Manifest.Sha256);
        await File.AppendAllTextAsync(model.PathOf("tokenizer_config.json"), " ");
        Assert.NotEqual(first.Sha256, UpstreamFolder.Read(model.Folder, "repo@1").Manifest.Sha256);
    }

    [Fact]
    public async Task Load_FolderWithoutTokenizer_NamesTheFile()
    {
        await using var bench = await UpstreamBench.StartAsync();
        File.Delete(bench.Model.PathOf("tokenizer.json"));

        Assert.Equal("tokenizer.json", (await Assert.ThrowsAsync<ModelFormatException>(() => bench.LoadAsync())).File);
    }

    private static async Task<string> FailureAsync(UpstreamBench bench) => (await Assert.ThrowsAsync<UpstreamException>(() => bench.LoadAsync())).Message;

    private sealed class Stages(List<LoadStage> stages) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => stages.Add(value.Stage);
    }
}
