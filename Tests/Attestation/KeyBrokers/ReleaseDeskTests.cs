using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.KeyBroker.Problems;
using CocoonOrleans.KeyBroker.Releases;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Gpus;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.KeyBrokers;

/// <summary>Whom a broker gives its share, and whom not.</summary>
public sealed class ReleaseDeskTests
{
    [Fact]
    public async Task Decide_GoodRequest_IsTheShareSealedToItAndWrittenDown()
    {
        await using var broker = new TestBroker();
        var (request, statement) = broker.Ask();

        var (answer, problem) = await broker.DecideAsync(request);

        Assert.Null(problem);
        using var share = broker.Key.TryOpen(statement, broker.Manifest.Hash(), new SealedShare(answer!.Encapsulation, answer.Sealed));
        Assert.Equal((2, Convert.ToHexString(broker.Shares[1].Value)), (share!.X, Convert.ToHexString(share.Value)));
        string line = Assert.Single(broker.Log);
        Assert.All((Digest[])[broker.Manifest.Hash(), statement.Hash, Digest.Of("tunnel"u8), new Digest(TestBroker.Image.Id())], hash => Assert.Contains(hash.ToString(), line, StringComparison.Ordinal));
        Assert.DoesNotContain(Convert.ToHexString(share.Value), line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(share.Value), line, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(broker.LogPath));
    }

    /// <summary>A broker releases to what was measured, and to no other story of it.</summary>
    [Theory, MemberData(nameof(MeasuredTd.Changes), MemberType = typeof(MeasuredTd))]
    public async Task Decide_EventLogBesideTheQuote_MustBeTheOneOfTheQuote(string change, string? code)
    {
        var image = new Digest(MeasuredTd.Image.Id());
        await using var broker = new TestBroker(manifest => manifest with { Images = [image] }, options => File.WriteAllBytes(options.ImageFiles[0], MeasuredTd.Image.Encode()));
        var (request, _) = broker.Ask(statement => statement with { Image = image }, world => world.Rtmrs = MeasuredTd.Registers);

        var (answer, problem) = await broker.DecideAsync(request with { EventLog = MeasuredTd.Changed(change) });

        Assert.Equal((code, code is null), (problem?.Code, answer is not null));
    }

    [Fact]
    public async Task Decide_SameRequestAgain_IsRefusedAndNothingIsWrittenDown()
    {
        await using var broker = new TestBroker();
        var (request, _) = broker.Ask();
        await broker.DecideAsync(request);

        await RefusesAsync(broker, request, ProblemCodes.NonceUnknown, released: 1);
    }

    [Fact]
    public async Task Decide_SameRequestTwiceAtATime_IsReleasedOnce()
    {
        await using var broker = new TestBroker();
        var (request, _) = broker.Ask();

        var decided = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => broker.DecideAsync(request))));

        Assert.Single(decided, decision => decision.Answer is not null);
        Assert.All(decided.Where(decision => decision.Answer is null), decision => Assert.Equal(ProblemCodes.NonceUnknown, decision.Problem?.Code));
        Assert.Single(broker.Log);
    }

    [Fact]
    public async Task Decide_RefusedOnce_TheNonceIsStillGood()
    {
        await using var broker = new TestBroker();
        var nonce = broker.Nonces.Give()!.Value.Nonce;
        await RefusesAsync(broker, broker.Ask(world: settings => settings.TdAttributes |= 1, nonce: nonce).Request, RefusalCodes.TdDebug);

        Assert.NotNull((await broker.DecideAsync(broker.Ask(nonce: nonce).Request)).Answer);
    }

    [Fact]
    public async Task Decide_NonceExpired_IsRefused()
    {
        await using var broker = new TestBroker();
        var (request, _) = broker.Ask();
        broker.Time.Advance(NonceBook.Life);

        await RefusesAsync(broker, request, ProblemCodes.NonceUnknown);
    }

    [Fact]
    public async Task Decide_NonceOfAnotherBroker_IsRefused()
    {
        await using var broker = new TestBroker();

        await RefusesAsync(broker, broker.Ask(nonce: Digest.Of("another broker's"u8)).Request, ProblemCodes.NonceUnknown);
    }

    [Fact]
    public async Task Decide_NonceIsNotTheStatements_IsRefused()
    {
        await using var broker = new TestBroker();
        var fresh = broker.Nonces.Give()!.Value.Nonce;
        var (request, _) = broker.Ask();

        // An old statement with its old quote, and a fresh nonce.
        await RefusesAsync(broker, request with { Nonce = fresh.ToArray() }, ProblemCodes.NonceProof);
        await RefusesAsync(broker, broker.Ask(statement => statement with { NonceRoot = null }).Request, ProblemCodes.NonceProof);
    }

    [Fact]
    public async Task Decide_ModelThatIsNotHeld_IsRefused()
    {
        await using var broker = new TestBroker();

        await RefusesAsync(broker, broker.Ask().Request with { Manifest = new string('0', 64) }, ProblemCodes.ModelUnknown);
    }

    /// <summary>Who changes the manifest on the provider's disk, to have other images or brokers, asks for another model: none is held of it.</summary>
    [Fact]
    public async Task Decide_ManifestThatTheProviderChanged_IsRefused()
    {
        await using var broker = new TestBroker();
        var changed = (broker.Manifest with { Images = [] }).Hash();

        await RefusesAsync(broker, broker.Ask(statement => statement with { Models = [changed] }).Request with { Manifest = changed.ToString() }, ProblemCodes.ModelUnknown);
    }

    [Fact]
    public async Task Decide_StatementOfAnotherModelOrOfTwo_IsRefused()
    {
        await using var broker = new TestBroker();

        await RefusesAsync(broker, broker.Ask(statement => statement with { Models = [Digest.Of("other"u8)] }).Request, ProblemCodes.ModelStatement);
        await RefusesAsync(broker, broker.Ask(statement => statement with { Models = [broker.Manifest.Hash(), Digest.Of("other"u8)] }).Request, ProblemCodes.ModelStatement);
    }

    public static TheoryData<string, Action<WorldSettings>> Platforms => new()
    {
        { RefusalCodes.TdDebug, world => world.TdAttributes |= 1 },
        { RefusalCodes.TdSeptVe, world => world.TdAttributes = 0 },
        { RefusalCodes.TdService, world => world.MrServiceTd = WorldSettings.Filled(1) },
        { RefusalCodes.ImageRtmr, world => world.Rtmrs[1] = WorldSettings.Filled(0xB1) },
        { RefusalCodes.ImageRuntime, world => world.Rtmrs[3] = WorldSettings.Filled(1) },
        { RefusalCodes.PckRevoked, world => world.RevokePck = true },
        { RefusalCodes.PolicyStatus, world => world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate" },
        { RefusalCodes.PolicyStatus, world => world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "SWHardeningNeeded" },
        { RefusalCodes.StatementBinding, world => world.Quote = _ => World.Platform(settings => settings.Rtmrs[3] = new byte[48]).Quote(new byte[64]) },
        { RefusalCodes.QuoteTruncated, world => world.Quote = quote => quote[..40] },
    };

    [Theory, MemberData(nameof(Platforms))]
    public async Task Decide_PlatformThatIsNotGood_IsRefusedWithTheEvidencesCode(string code, Action<WorldSettings> world)
    {
        await using var broker = new TestBroker();

        await RefusesAsync(broker, broker.Ask(world: world).Request, code);
    }

    /// <summary>What a client may put up with, a key is not released to.</summary>
    [Fact]
    public async Task Decide_PlatformThatIsNotUpToDate_IsRefusedByTheStrictPolicy()
    {
        await using var broker = new TestBroker();

        var (_, problem) = await broker.DecideAsync(broker.Ask(world: world => world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "SWHardeningNeeded").Request);

        Assert.Contains("strict policy", problem?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_StatementThatIsNotGood_IsRefused()
    {
        await using var broker = new TestBroker();

        await RefusesAsync(broker, broker.Ask(statement => statement with { Role = StatementRole.Worker }).Request, RefusalCodes.StatementRole);
        await RefusesAsync(broker, broker.Ask(statement => statement with { NetworkId = "other" }).Request, RefusalCodes.StatementNetwork);
        await RefusesAsync(broker, broker.Ask(statement => statement with { Image = null }).Request, RefusalCodes.StatementImage);
        await RefusesAsync(
            broker,
            broker.Ask(statement => statement with { NotBefore = World.Now.AddMinutes(-30), Expires = World.Now.AddMinutes(-25) }).Request,
            RefusalCodes.StatementExpired);
        await RefusesAsync(broker, broker.Ask(statement => statement with { Keys = [new SuiteKey((SealingSuite)9, new byte[32])] }).Request, ProblemCodes.KeyUnusable);
    }

    /// <summary>A key that a TD must show a tier for is never given to a simulation, even by a broker that is told to believe one.</summary>
    [Fact]
    public async Task Decide_SimulatedMachineForARealKey_IsRefused()
    {
        await using var broker = new TestBroker(manifest => manifest with { MinimumTier = TrustTier.Tdx });

        await RefusesAsync(broker, broker.Ask().Request, RefusalCodes.PolicyTier);
    }

    /// <summary>SELF-MADE: the processor is the simulated world's, the GPU a test's, and the anchor calls them hardware, as no settings can.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("no GPU shown", RefusalCodes.StatementTier)]
    [InlineData("no references", RefusalCodes.GpuReferenceMissing)]
    [InlineData("references malformed", RefusalCodes.GpuReferenceFormat)]
    [InlineData("another TD's GPU", RefusalCodes.GpuNonce)]
    public async Task Decide_ModelOfTierConfidential_IsReleasedToATdThatShowsItsGpus(string change, string? code)
    {
        using var gpus = new GpuWorld();
        var image = TestBroker.Image with { Tier = TrustTier.Confidential };
        var id = new Digest(image.Id());
        await using var broker = new TestBroker(
            manifest => manifest with { MinimumTier = TrustTier.Confidential, Images = [id] },
            options => File.WriteAllBytes(options.ImageFiles[0], image.Encode()),
            believed: new TrustAnchor(World.Anchor.Root.Bytes.Span, World.Anchor.QeVendorId.Span, Assurance.Hardware, gpus.Verifier));
        byte[] shown = [];
        var (request, _) = broker.Ask(statement =>
        {
            var claims = statement with { Tier = TrustTier.Confidential, Image = id, GpuEvidenceSha256 = default(Digest) };
            var nonce = change == "another TD's GPU" ? Digest.Of("another"u8) : BoundStatement.Of(claims).GpuNonce();
            shown = new GpuEvidence([new GpuDevice(gpus.Report(nonce.ToArray()), gpus.Chain)]).Encode();
            return claims with { GpuEvidenceSha256 = Digest.Of(shown) };
        });
        request = request with
        {
            Gpus = change == "no GPU shown" ? null : shown,
            GpuReferences = change switch { "no references" => null, "references malformed" => [1], _ => gpus.References().Encode() },
        };

        var (answer, problem) = await broker.DecideAsync(request);

        Assert.Equal((code, code is null), (problem?.Code, answer is not null));
    }

    [Fact]
    public async Task Decide_SimulatedMachineAtIntelsAnchor_IsRefused()
    {
        await using var broker = new TestBroker(options: options => options.SimulatedAnchorFile = null);

        await RefusesAsync(broker, broker.Ask().Request, "pck.root");
    }

    [Fact]
    public async Task Decide_NoCollateralAnywhere_MayBeOtherwiseLater()
    {
        await using var broker = new TestBroker();

        var (_, problem) = await broker.DecideAsync(broker.Ask().Request with { Collateral = null });

        Assert.Equal((503, RefusalCodes.CollateralUnavailable), (problem!.Status, problem.Code));
    }

    [Fact]
    public async Task Decide_ReleaseThatCantBeWrittenDown_DoesNotHappenNorTheNext()
    {
        await using var broker = new TestBroker(prepare: folder => File.CreateSymbolicLink(Path.Combine(folder, ReleaseLog.FileName), "/dev/full"));

        for (var i = 0; i < 2; i++)
        {
            var (answer, problem) = await broker.DecideAsync(broker.Ask().Request);
            Assert.Null(answer);
            Assert.Equal((503, ProblemCodes.LogUnavailable), (problem!.Status, problem.Code));
        }
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("statement")]
    [InlineData("nonce")]
    [InlineData("proof")]
    public async Task Decide_FieldIsNotOfTheForm_IsRefused(string field)
    {
        await using var broker = new TestBroker();
        var (request, _) = broker.Ask();

        await RefusesAsync(
            broker,
            field switch
            {
                "manifest" => request with { Manifest = "12" },
                "statement" => request with { Statement = [1, 2, 3] },
                "nonce" => request with { Nonce = [1] },
                _ => request with { Proof = [1] },
            },
            ProblemCodes.Malformed);
    }

    private static async Task RefusesAsync(TestBroker broker, ReleaseRequest request, string code, int released = 0)
    {
        var (answer, problem) = await broker.DecideAsync(request);

        Assert.Null(answer);
        Assert.Equal(code, problem?.Code);
        Assert.NotEqual("", problem!.Detail);
        Assert.Equal(released, broker.Log.Length);
    }
}
