using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Attestation.Provisioning;

/// <summary>Collateral from a server on loopback that plays Intel's provisioning service, with the simulated world's documents and with real ones.</summary>
public sealed class CollateralServiceTests : IAsyncLifetime, IDisposable
{
    private const string TcbPath = "/tdx/certification/v4/tcb";
    private const string QePath = "/tdx/certification/v4/qe/identity";
    private const string PckCrlPath = "/sgx/certification/v4/pckcrl";
    private const string RootCrlPath = "/sgx/certification/v4/rootcacrl";
    private const int RequestsOfASet = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly CollateralSubject Subject = new(Convert.ToHexString(SimulatedWorld.Fmspc.Span), PckAuthority.Platform);

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedTime _time = new(World.Now);
    private readonly Reports _reports = new();
    private readonly List<IDisposable> _owned = [];
    private ProvisioningServer _server = null!;
    private FileCollateralFloorStore _floors = null!;

    public async Task InitializeAsync()
    {
        _server = await ProvisioningServer.StartAsync(Made());
        _floors = new FileCollateralFloorStore(_folder.File("floors.json"));
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose()
    {
        _floors.Dispose();
        _owned.ForEach(owned => owned.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Get_FirstTime_FetchesASetThatAQuoteVerifiesWith()
    {
        await using var service = Service();
        var evidence = World.Make();
        Assert.True(Quote.TryParse(evidence.Quote.Span, out var quote, out _));
        Assert.True(service.TryReadSubject(quote!, out var subject, out var refusal), refusal?.ToString());

        var result = await service.GetAsync(subject!);
        var again = await service.GetAsync(subject!);

        Assert.Equal(Subject, subject);
        Assert.True(result.IsThere, result.Refusal?.ToString());
        Assert.Equal(World.Now.AddDays(20), result.ValidUntil); // The lists end first.
        Assert.Same(result.Collateral, again.Collateral);
        Assert.Equal(RequestsOfASet, _server.Requests);
        var verdict = new EvidenceVerifier(World.Anchor).Verify(evidence with { Collateral = result.Collateral }, new EvidencePolicy(), World.Now);
        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
    }

    [Fact]
    public async Task Take_NothingToFetchFrom_ServesWhatIsHandedOver()
    {
        await using var service = new CollateralService(client: null, World.Anchor, _floors, _time);
        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);

        var set = Encoding.UTF8.GetBytes(Made().ToJsonString());
        var taken = await service.TakeAsync(Subject, set);

        Assert.True(taken.IsThere, taken.Refusal?.ToString());
        Assert.False((await service.GetAsync(Subject)).IsThere);
        var confirmed = await service.ConfirmAsync(Subject, set);
        Assert.Same(confirmed.Collateral, (await service.GetAsync(Subject)).Collateral);
        _time.Advance(TimeSpan.FromDays(20) + TimeSpan.FromSeconds(1));
        Assert.False((await service.GetAsync(Subject)).IsThere);
    }

    [Fact]
    public async Task Take_SetThatIsNotGood_IsRefusedAndChangesNothing()
    {
        _time.Advance(TimeSpan.FromDays(8));
        await using var service = new CollateralService(client: null, World.Anchor, _floors, _time);
        var newer = await service.ConfirmAsync(Subject, Encoding.UTF8.GetBytes(Made(issue: 1).ToJsonString()));
        Assert.True(newer.IsThere, newer.Refusal?.ToString());
        await using var restarted = new CollateralService(client: null, World.Anchor, _floors, _time);
        var forged = Made(issue: 1);
        forged["tcb_info"] = forged["tcb_info"]!.GetValue<string>() + " ";

        Assert.Equal(RefusalCodes.CollateralFormat, (await restarted.TakeAsync(Subject, "{}"u8.ToArray())).Refusal?.Code);
        Assert.Equal(RefusalCodes.CollateralRollback, (await restarted.TakeAsync(Subject, Encoding.UTF8.GetBytes(Made().ToJsonString()))).Refusal?.Code);
        Assert.Equal(RefusalCodes.TcbSignature, (await restarted.TakeAsync(Subject, Encoding.UTF8.GetBytes(forged.ToJsonString()))).Refusal?.Code);
        Assert.False((await restarted.GetAsync(Subject)).IsThere);
    }

    /// <summary>A genuine set of the early channel that a stranger hands over, before and after its quote was accepted: what is fetched stays good.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_NewerSetThanIsFetched_MakesNoFetchedSetTooOld(bool isConfirmed)
    {
        _time.Advance(TimeSpan.FromDays(8));
        _server.Collateral = Made();
        _server.Intercept = Answer(503);
        await using (var service = Service())
        {
            var early = Encoding.UTF8.GetBytes(Made(issue: 1).ToJsonString());
            Assert.False((await service.GetAsync(Subject)).IsThere);
            var taken = isConfirmed ? await service.ConfirmAsync(Subject, early) : await service.TakeAsync(Subject, early);
            Assert.True(taken.IsThere, taken.Refusal?.ToString());
        }

        _server.Intercept = _ => Task.FromResult(false);
        await using var restarted = Service();
        var fetched = await restarted.GetAsync(Subject);

        Assert.True(fetched.IsThere, fetched.Refusal?.ToString());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-10, true)] // Set right at the edge of two steps.
    [InlineData(-30, false)]
    [InlineData(-60 * 24, false)]
    public async Task Get_ClockSetBackBetweenTwoStarts_IsRefusedUntilItIsRight(int minutes, bool isServed)
    {
        _time.Advance(TimeSpan.FromHours(3));
        await using (var service = Service())
        {
            Assert.True((await service.GetAsync(Subject)).IsThere);
        }

        var clock = new WatchedTime(World.Now.AddHours(3).AddMinutes(minutes));
        await using var restarted = new CollateralService(client: null, World.Anchor, _floors, clock);
        var set = Encoding.UTF8.GetBytes(Made().ToJsonString());
        var taken = await restarted.ConfirmAsync(Subject, set);
        var asked = await restarted.GetAsync(Subject);

        Assert.Equal((isServed, isServed), (taken.IsThere, asked.IsThere));
        Assert.Equal(isServed ? null : RefusalCodes.ClockRollback, taken.Refusal?.Code ?? asked.Refusal?.Code);
        clock.Advance(TimeSpan.FromMinutes(-minutes));
        Assert.True((await restarted.TakeAsync(Subject, set)).IsThere);
    }

    [Fact]
    public async Task Get_ManyAtOnce_FetchesOnce()
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.Intercept = async _ =>
        {
            reached.TrySetResult();
            await go.Task;
            return false;
        };
        await using var service = Service();
        Task<CollateralResult>[] all = [.. Enumerable.Range(0, 50).Select(_ => service.GetAsync(Subject).AsTask())];
        await reached.Task.WaitAsync(Deadline);
        go.SetResult();

        Assert.All(await Task.WhenAll(all).WaitAsync(Deadline), result => Assert.True(result.IsThere));
        Assert.Equal(RequestsOfASet, _server.Requests);
    }

    [Fact]
    public async Task Get_AfterAThirdOfTheLife_IsAnsweredAtOnceAndRenewedBehind()
    {
        await using var service = Service();
        var first = await service.GetAsync(Subject);
        var next = (await _reports.NextAsync()).Next;
        Assert.InRange(next - World.Now, TimeSpan.FromDays(20) / 3 * 0.9, TimeSpan.FromDays(20) / 3 * 1.1);
        _time.Advance(next - World.Now - TimeSpan.FromSeconds(1));
        Assert.Same(first.Collateral, (await service.GetAsync(Subject)).Collateral);
        Assert.Equal(RequestsOfASet, _server.Requests);

        _server.Collateral = Made(issue: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        var old = await service.GetAsync(Subject);
        Assert.Null((await _reports.NextAsync()).Refusal);
        var renewed = await service.GetAsync(Subject);

        Assert.Same(first.Collateral, old.Collateral);
        Assert.NotSame(first.Collateral, renewed.Collateral);
        Assert.True(renewed.ValidUntil > old.ValidUntil);
        Assert.Equal(2 * RequestsOfASet, _server.Requests);
    }

    [Fact]
    public async Task Refresh_NobodyAsks_RenewsWhatIsDue()
    {
        await using var service = Service();
        await service.GetAsync(Subject);
        await service.RefreshAsync();
        Assert.Equal(RequestsOfASet, _server.Requests);
        _time.Advance(TimeSpan.FromDays(8));
        _server.Collateral = Made(issue: 1);

        await service.RefreshAsync();

        Assert.Equal(2 * RequestsOfASet, _server.Requests);
    }

    [Fact]
    public async Task Get_Offline_ServesTheLastSetUntilItExpires()
    {
        await using var service = Service();
        var first = await service.GetAsync(Subject);
        _server.Intercept = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        _time.Advance(TimeSpan.FromDays(10));
        await service.RefreshAsync();

        Assert.Same(first.Collateral, (await service.GetAsync(Subject)).Collateral);
        _time.Advance(TimeSpan.FromDays(10));
        Assert.Same(first.Collateral, (await service.GetAsync(Subject)).Collateral);
        await service.RefreshAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);
        _server.Intercept = _ => Task.FromResult(false);
        _server.Collateral = Made(issue: 1);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True((await service.GetAsync(Subject)).IsThere);
    }

    [Fact]
    public async Task Get_StartedOffline_ServesTheSetOfTheLastTime()
    {
        var folder = new CollateralFolder(_folder.File("sets"));
        CollateralResult first;
        await using (var service = Service(folder: folder))
        {
            first = await service.GetAsync(Subject);
        }

        _server.Intercept = Answer(503);
        await using (var offline = Service(folder: folder))
        {
            var result = await offline.GetAsync(Subject);

            Assert.True(result.IsThere, result.Refusal?.ToString());
            Assert.Equal(first.ValidUntil, result.ValidUntil);
            Assert.Equal(first.Collateral!.Digest, result.Collateral.Digest);
        }

        // It is judged like any other: by its dates, its floors and its signatures.
        _time.Advance(TimeSpan.FromDays(20) + TimeSpan.FromSeconds(1));
        await using var later = Service(folder: folder);
        Assert.Equal(RefusalCodes.CollateralUnavailable, (await later.GetAsync(Subject)).Refusal?.Code);
    }

    [Theory]
    [InlineData("older")]
    [InlineData("another world's")]
    [InlineData("edited")]
    [InlineData("garbage")]
    [InlineData("without the issuer's chain")]
    public async Task Get_StartedOfflineWithAnotherFile_IsRefused(string what)
    {
        var folder = new CollateralFolder(_folder.File("sets"));
        await using (var service = Service(folder: folder))
        {
            Assert.True((await service.GetAsync(Subject)).IsThere);
        }

        using var other = new SimulatedWorld(World.Now);
        var file = Path.Combine(_folder.File("sets"), $"{Subject.Fmspc}-platform.json");
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, what switch
        {
            "older" => Made(world => world.RootCrl = crl => crl.Number = 6).ToJsonString(),
            "another world's" => other.Platform(new WorldSettings()).Collateral(World.Now).ToJsonString(),
            "edited" => text.Replace("UpToDate", "Uptodate", StringComparison.Ordinal),
            "garbage" => "{",
            _ => Change(JsonNode.Parse(text)!.AsObject(), set => set.Remove("pck_crl_issuer_chain")).ToJsonString(),
        });
        _server.Intercept = Answer(503);
        await using var offline = Service(folder: folder);

        Assert.Equal(RefusalCodes.CollateralUnavailable, (await offline.GetAsync(Subject)).Refusal?.Code);
    }

    [Fact]
    public async Task Get_DiskTakesNoSet_ServesItAndSaysSo()
    {
        var folder = new CollateralFolder(_folder.File("sets"));
        Directory.CreateDirectory(Path.Combine(_folder.File("sets"), $"{Subject.Fmspc}-platform.json.new"));
        await using var service = Service(folder: folder);

        Assert.True((await service.GetAsync(Subject)).IsThere);
        Assert.NotNull((await _reports.NextAsync()).StorageFault);
    }

    [Fact]
    public async Task Get_AfterAFailure_AsksAgainOnlyAfterAPauseThatGrows()
    {
        _server.Intercept = Answer(500);
        await using var service = Service();
        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);
        var first = (await _reports.NextAsync()).Next - _time.GetUtcNow();
        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);
        Assert.Equal(1, _server.Requests);

        _time.Advance(first);
        await service.GetAsync(Subject);
        var second = (await _reports.NextAsync()).Next - _time.GetUtcNow();
        _time.Advance(second);
        _server.Intercept = _ => Task.FromResult(false);

        Assert.True((await service.GetAsync(Subject)).IsThere);
        Assert.InRange(first.TotalSeconds, 10, 11);
        Assert.InRange(second.TotalSeconds, 20, 22);
    }

    [Theory]
    [InlineData("root CRL's number")]
    [InlineData("root CRL's date")]
    [InlineData("PCK CRL's number")]
    [InlineData("PCK CRL's date")]
    [InlineData("TCB info")]
    [InlineData("QE identity")]
    public async Task Get_OlderSetAfterANewer_IsARollbackEvenAfterARestart(string what)
    {
        Action<WorldSettings> older = what switch
        {
            "root CRL's number" => world => world.RootCrl = crl => crl.Number = 6,
            "root CRL's date" => world => world.RootCrl = crl => crl.ThisUpdate = crl.ThisUpdate.AddSeconds(-1),
            "PCK CRL's number" => world => world.PckCrl = crl => crl.Number = 6,
            "PCK CRL's date" => world => world.PckCrl = crl => crl.ThisUpdate = crl.ThisUpdate.AddSeconds(-1),
            "TCB info" => world => world.TcbInfo = info => info["tcbEvaluationDataNumber"] = 19,
            _ => world => world.QeIdentity = identity => identity["tcbEvaluationDataNumber"] = 19,
        };
        var set = World.Platform(older).Collateral(World.Now);
        await using (var service = Service())
        {
            var first = await service.GetAsync(Subject);
            Assert.True(first.IsThere, first.Refusal?.ToString());
            await _reports.NextAsync();
            _server.Collateral = set;
            _time.Advance(TimeSpan.FromDays(8));
            await service.RefreshAsync();

            var report = await _reports.NextAsync();
            Assert.Equal(RefusalCodes.CollateralRollback, report.Refusal?.Code);
            Assert.Equal(first.ValidUntil, report.ValidUntil);
            Assert.Same(first.Collateral, (await service.GetAsync(Subject)).Collateral); // The newer one that it has still holds.
        }

        // Another process: the set is gone, its floors are not.
        _floors.Dispose();
        _floors = new FileCollateralFloorStore(_folder.File("floors.json"));
        await using var restarted = Service();
        Assert.Equal(RefusalCodes.CollateralRollback, (await restarted.GetAsync(Subject)).Refusal?.Code);
        _server.Collateral = Made();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await restarted.GetAsync(Subject)).IsThere);
    }

    [Fact]
    public async Task Get_SignerRevokedByANewerList_WithdrawsWhatWasServed()
    {
        var platform = World.Platform();
        _server.Collateral = platform.Collateral(World.Now);
        await using var service = Service();
        Assert.True((await service.GetAsync(Subject)).IsThere);
        _time.Advance(TimeSpan.FromDays(8));

        // The same certificates, and a list that names their signer.
        _server.Collateral = RevokeSigner(_server.Collateral);
        await service.RefreshAsync();

        Assert.Equal(RefusalCodes.TcbSignerRevoked, (await service.GetAsync(Subject)).Refusal?.Code);
    }

    [Theory]
    [InlineData("TCB info is HTML", RefusalCodes.CollateralFormat)]
    [InlineData("TCB info cut", RefusalCodes.CollateralFormat)]
    [InlineData("TCB info without a signature", RefusalCodes.CollateralFormat)]
    [InlineData("QE identity is a list", RefusalCodes.CollateralFormat)]
    [InlineData("PCK CRL is text", RefusalCodes.CollateralFormat)]
    [InlineData("root CRL is text", RefusalCodes.CollateralFormat)]
    [InlineData("root CRL is empty", RefusalCodes.CollateralFormat)]
    [InlineData("root CRL cut", RefusalCodes.CrlFormat)]
    [InlineData("no chain of the TCB info", RefusalCodes.CollateralFormat)]
    [InlineData("two chains of the TCB info", RefusalCodes.CollateralFormat)]
    [InlineData("chain that is no ASCII", RefusalCodes.CollateralFormat)]
    [InlineData("chain of garbage", "tcb.chain.malformed")]
    [InlineData("chain too long", RefusalCodes.CollateralFormat)]
    [InlineData("headers too large", RefusalCodes.CollateralUnavailable)]
    [InlineData("TCB info too large", RefusalCodes.CollateralUnavailable)]
    [InlineData("root CRL too large", RefusalCodes.CollateralUnavailable)]
    [InlineData("not found", RefusalCodes.CollateralUnavailable)]
    [InlineData("overloaded", RefusalCodes.CollateralUnavailable)]
    [InlineData("redirect", RefusalCodes.CollateralUnavailable)]
    [InlineData("connection broken within the body", RefusalCodes.CollateralUnavailable)]
    public async Task Get_ServerAnswersOtherwise_IsRefused(string how, string code)
    {
        var chain = Uri.EscapeDataString(_server.Collateral["tcb_info_issuer_chain"]!.GetValue<string>());
        _server.Intercept = how switch
        {
            "TCB info is HTML" => Answer(200, TcbPath, "<html>", ("TCB-Info-Issuer-Chain", chain)),
            "TCB info cut" => Answer(200, TcbPath, "{\"tcbInfo\":{\"id\":", ("TCB-Info-Issuer-Chain", chain)),
            "TCB info without a signature" => Answer(200, TcbPath, "{\"tcbInfo\":{}}", ("TCB-Info-Issuer-Chain", chain)),
            "QE identity is a list" => Answer(200, QePath, $"{{\"enclaveIdentity\":[],\"signature\":\"{new string('0', 128)}\"}}", ("SGX-Enclave-Identity-Issuer-Chain", chain)),
            "PCK CRL is text" => Answer(200, PckCrlPath, "hello", ("SGX-PCK-CRL-Issuer-Chain", chain)),
            "root CRL is text" => Answer(200, RootCrlPath, "hello!"),
            "root CRL is empty" => Answer(200, RootCrlPath, ""),
            "root CRL cut" => Answer(200, RootCrlPath, _server.Collateral["root_ca_crl"]!.GetValue<string>()[..^2]),
            "no chain of the TCB info" => Answer(200, TcbPath, "{}"),
            "two chains of the TCB info" => Answer(200, TcbPath, "{}", ("TCB-Info-Issuer-Chain", chain), ("TCB-Info-Issuer-Chain", chain)),
            "chain that is no ASCII" => Answer(200, TcbPath, "{}", ("TCB-Info-Issuer-Chain", "%C3%A4")),
            "chain of garbage" => Forward(TcbPath, "TCB-Info-Issuer-Chain", "hello"),
            "chain too long" => Answer(200, TcbPath, "{}", ("TCB-Info-Issuer-Chain", new string('a', 17 * 1024))),
            "headers too large" => Answer(200, TcbPath, "{}", ("TCB-Info-Issuer-Chain", new string('a', 65 * 1024))),
            "TCB info too large" => Answer(200, TcbPath, new string(' ', (2 * 1024 * 1024) + 1), ("TCB-Info-Issuer-Chain", chain)),
            "root CRL too large" => Answer(200, RootCrlPath, new string('3', (2 * 1024 * 1024) + 1)),
            "not found" => Answer(404),
            "overloaded" => Answer(503),
            "redirect" => Answer(302, QePath, "", ("Location", QePath + "?update=standard&again")),
            _ => async context =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.Body.WriteAsync(new byte[10]);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return true;
            }
            ,
        };
        await using var service = Service();

        var result = await service.GetAsync(Subject);

        Assert.Equal(code, result.Refusal?.Code);
        Assert.NotEqual("", result.Refusal!.Reason);
        Assert.Null(result.Collateral);
    }

    [Theory]
    [InlineData("another world", "pck.root")]
    [InlineData("another world's TCB info", "tcb.chain.root")]
    [InlineData("TCB info signed otherwise", RefusalCodes.TcbSignature)]
    [InlineData("QE identity signed otherwise", RefusalCodes.QeIdentitySignature)]
    [InlineData("CRL signed by a stranger", RefusalCodes.CrlSignature)]
    [InlineData("CRL without a number", RefusalCodes.CrlFormat)]
    [InlineData("CRL expired", RefusalCodes.CrlExpired)]
    [InlineData("TCB info expired", RefusalCodes.TcbExpired)]
    [InlineData("TCB info for SGX", RefusalCodes.TcbId)]
    [InlineData("QE identity for SGX", RefusalCodes.QeIdentityId)]
    [InlineData("signer expired", "tcb.chain.expired")]
    public async Task Get_SetThatDoesNotHold_IsNotKept(string how, string code)
    {
        using var other = new SimulatedWorld(World.Now);
        var foreign = other.Platform(new WorldSettings()).Collateral(World.Now);
        _server.Collateral = how switch
        {
            "another world" => foreign,
            "another world's TCB info" => Change(Made(), set => Copy(foreign, set, "tcb_info", "tcb_info_signature", "tcb_info_issuer_chain")),
            "TCB info signed otherwise" => Change(Made(), set => set["tcb_info_signature"] = set["qe_identity_signature"]!.GetValue<string>()),
            "QE identity signed otherwise" => Change(Made(), set => set["qe_identity_signature"] = set["tcb_info_signature"]!.GetValue<string>()),
            "CRL signed by a stranger" => Made(world => world.PckCrl = crl => crl.IsSignedByStranger = true),
            "CRL without a number" => Made(world => world.RootCrl = crl => crl.Number = null),
            "CRL expired" => Made(world => world.RootCrl = crl => crl.NextUpdate = World.Now.AddSeconds(-1)),
            "TCB info expired" => Made(world => world.TcbInfo = info => info["nextUpdate"] = "2030-03-01T11:59:59Z"),
            "TCB info for SGX" => Made(world => world.TcbInfo = info => info["id"] = "SGX"),
            "QE identity for SGX" => Made(world => world.QeIdentity = identity => identity["id"] = "QE"),
            _ => Made(world => world.Defects["tcb.chain"] = ChainDefect.Expired),
        };
        await using var service = Service();

        Assert.Equal(code, (await service.GetAsync(Subject)).Refusal?.Code);
    }

    [Fact]
    public async Task Get_AnotherFamilysTcbInfo_IsRefused()
    {
        var tcb = _server.Collateral["tcb_info"]!.GetValue<string>();
        var signature = _server.Collateral["tcb_info_signature"]!.GetValue<string>();
        var chain = Uri.EscapeDataString(_server.Collateral["tcb_info_issuer_chain"]!.GetValue<string>());
        _server.Intercept = Answer(200, TcbPath, $$"""{"tcbInfo":{{tcb}},"signature":"{{signature}}"}""", ("TCB-Info-Issuer-Chain", chain));
        await using var service = Service();

        Assert.Equal(RefusalCodes.TcbFmspc, (await service.GetAsync(new CollateralSubject("00906ed50000", PckAuthority.Platform))).Refusal?.Code);
    }

    [Fact]
    public async Task Get_ListOfTheOtherAuthority_IsRefused()
    {
        await using var service = Service();

        Assert.Equal("pck.subject", (await service.GetAsync(new CollateralSubject(Subject.Fmspc, PckAuthority.Processor))).Refusal?.Code);
    }

    [Fact]
    public async Task Get_ServerIsSlow_IsRefusedInTime()
    {
        var reached = new TaskCompletionSource();
        _server.Intercept = async context =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            return true;
        };
        await using var service = Service();
        var result = service.GetAsync(Subject).AsTask();
        await reached.Task.WaitAsync(Deadline);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(RefusalCodes.CollateralUnavailable, (await result.WaitAsync(Deadline)).Refusal?.Code);
    }

    /// <summary>The handler that a client has by default follows redirects.</summary>
    [Fact]
    public async Task Get_HandlerThatFollowsRedirects_IsRefusedAfterIt()
    {
        _server.Intercept = context =>
        {
            if (context.Request.Path == RootCrlPath)
            {
                context.Response.Redirect(RootCrlPath + "/elsewhere");
                return Task.FromResult(true);
            }

            return context.Request.Path == RootCrlPath + "/elsewhere" ? Answer(200, "/", _server.Collateral["root_ca_crl"]!.GetValue<string>())(context) : Task.FromResult(false);
        };
        using var http = new HttpClient();
        await using var service = Service(http);

        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);
    }

    [Fact]
    public async Task Get_RootCrlElsewhereInDer_IsTaken()
    {
        _server.Intercept = async context =>
        {
            if (context.Request.Path == "/IntelSGXRootCA.der")
            {
                await context.Response.Body.WriteAsync(Convert.FromHexString(_server.Collateral["root_ca_crl"]!.GetValue<string>()));
                return true;
            }

            return false;
        };
        await using var service = Service(options: new ProvisioningOptions { BaseAddress = _server.Address, RootCrlAddress = new Uri(_server.Address, "IntelSGXRootCA.der") });

        Assert.True((await service.GetAsync(Subject)).IsThere);
    }

    [Fact]
    public async Task Get_CallerGivesUp_TheOthersGetTheirSet()
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.Intercept = async _ =>
        {
            reached.TrySetResult();
            await go.Task;
            return false;
        };
        using var cancellation = new CancellationTokenSource();
        await using var service = Service();
        var (first, second) = (service.GetAsync(Subject, cancellation.Token).AsTask(), service.GetAsync(Subject).AsTask());
        await reached.Task.WaitAsync(Deadline);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.True((await second.WaitAsync(Deadline)).IsThere);
    }

    [Fact]
    public async Task Get_MoreFamiliesThanAreKept_ForgetsTheOldest()
    {
        await using var service = Service();
        await service.GetAsync(Subject);
        _server.Intercept = Answer(404);
        for (var family = 0; family < CollateralService.MostSubjects; family++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await service.GetAsync(new CollateralSubject($"{family:x12}", PckAuthority.Platform));
        }

        var before = _server.Requests;
        Assert.Equal(RefusalCodes.CollateralUnavailable, (await service.GetAsync(Subject)).Refusal?.Code);
        Assert.Equal(before + 1, _server.Requests);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("world")]
    public async Task TryReadSubject_ChainThatNobodySigned_IsRefused(string what)
    {
        using var other = new SimulatedWorld(World.Now);
        var evidence = what == "world"
            ? new Evidence { Quote = other.Platform(new WorldSettings()).Quote(), Collateral = World.Make().Collateral }
            : World.Make(world => world.Defects["pck"] = ChainDefect.Signature);
        Assert.True(Quote.TryParse(evidence.Quote.Span, out var quote, out _));
        await using var service = Service();

        Assert.False(service.TryReadSubject(quote!, out var subject, out var refusal));
        Assert.Null(subject);
        Assert.Equal(what == "world" ? "pck.root" : "pck.signature", refusal?.Code);
    }

    [SkippableTheory]
    [InlineData("phala-v4-a", "b0c06f-2025-06", "2025-06-25T00:00:00Z", "b0c06f000000")]
    [InlineData("phala-v4-near", "20a06f-2025-09", "2025-09-10T00:00:00Z", "20a06f000000")]
    [InlineData("google-v5-tdx15", "90c06f-2026-03", "2026-03-01T00:00:00Z", "90c06f000000")]
    public async Task Get_IntelsOwnDocuments_VerifyARealQuote(string quoteName, string collateralName, string at, string fmspc)
    {
        var now = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        var time = new WatchedTime(now);
        _server.Collateral = JsonNode.Parse(Vectors.Text($"collateral/{collateralName}.json"))!.AsObject();
        Assert.True(Quote.TryParse(Vectors.Quote(quoteName), out var quote, out _));
        await using var service = new CollateralService(Client(), TrustAnchor.Intel, _floors, time);
        Assert.True(service.TryReadSubject(quote!, out var subject, out _));

        var result = await service.GetAsync(subject!);

        Assert.Equal(new CollateralSubject(fmspc, PckAuthority.Platform), subject);
        Assert.True(result.IsThere, result.Refusal?.ToString());
        var verdict = new EvidenceVerifier(TrustAnchor.Intel).Verify(new Evidence { Quote = Vectors.Quote(quoteName), Collateral = result.Collateral }, new EvidencePolicy(), now);
        Assert.Equal(Vectors.Cases("manifest.json").Single(one => one.GetProperty("quote").GetString() == quoteName && one.GetProperty("collateral").GetString() == collateralName)
            .GetProperty("expect").GetString(), verdict.Tcb?.Status.ToString());
    }

    /// <summary>Real documents of February after those of March, while they still held: the lists' numbers are the same, their dates are not.</summary>
    [SkippableFact]
    public async Task Get_IntelsOlderPckListAfterTheNewer_IsARollback()
    {
        // The recorded lists don't overlap in time: the floor of the clock itself would refuse the second first.
        var floors = new WithoutClock(_floors);
        var now = new DateTimeOffset(2025, 9, 10, 0, 0, 0, TimeSpan.Zero);
        _server.Collateral = JsonNode.Parse(Vectors.Text("collateral/20a06f-2025-09.json"))!.AsObject();
        await using (var service = new CollateralService(Client(), TrustAnchor.Intel, floors, new WatchedTime(now)))
        {
            Assert.True((await service.GetAsync(new CollateralSubject("20a06f000000", PckAuthority.Platform))).IsThere);
        }

        _server.Collateral = JsonNode.Parse(Vectors.Text("collateral/b0c06f-2025-06.json"))!.AsObject();
        await using var later = new CollateralService(Client(), TrustAnchor.Intel, floors, new WatchedTime(new DateTimeOffset(2025, 6, 25, 0, 0, 0, TimeSpan.Zero)));
        var refusal = (await later.GetAsync(new CollateralSubject("b0c06f000000", PckAuthority.Platform))).Refusal;

        Assert.Equal(RefusalCodes.CollateralRollback, refusal?.Code);
        Assert.Contains("date", refusal!.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Get_IntelsExpiredDocuments_AreRefused()
    {
        _server.Collateral = JsonNode.Parse(Vectors.Text("collateral/b0c06f-2025-06.json"))!.AsObject();
        await using var service = new CollateralService(Client(), TrustAnchor.Intel, _floors, _time);

        Assert.Equal(RefusalCodes.CrlExpired, (await service.GetAsync(new CollateralSubject("b0c06f000000", PckAuthority.Platform))).Refusal?.Code);
    }

    private sealed class WithoutClock(ICollateralFloorStore inner) : ICollateralFloorStore
    {
        public ValueTask<CollateralFloor?> RaiseAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default) =>
            inner.RaiseAsync([.. seen.Where(floor => floor.Name != "clock")], cancellationToken);

        public ValueTask<CollateralFloor?> FindAboveAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default) => inner.FindAboveAsync(seen, cancellationToken);
    }

    private static JsonObject Made(Action<WorldSettings>? change = null, int issue = 0) => World.Platform(change).Collateral(World.Now.AddDays(7 * issue), issue);

    private static JsonObject Change(JsonObject set, Action<JsonObject> change)
    {
        change(set);
        return set;
    }

    private static void Copy(JsonObject from, JsonObject to, params string[] members)
    {
        foreach (var member in members)
        {
            to[member] = from[member]!.GetValue<string>();
        }
    }

    /// <summary>The set with a later list of the root in which the signer of the TCB info stands.</summary>
    private static JsonObject RevokeSigner(JsonObject set)
    {
        var revoked = set.DeepClone().AsObject();
        using var signer = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(set["tcb_info_issuer_chain"]!.GetValue<string>());
        var serial = new System.Numerics.BigInteger(signer.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);
        revoked["root_ca_crl"] = Convert.ToHexStringLower(CrlWriter.Write(World.Simulated.Root.SubjectName, World.Simulated.RootKey, [serial], new CrlSettings(World.Now.AddDays(8)) { Number = 8 }));
        return revoked;
    }

    private static Func<HttpContext, Task<bool>> Answer(int status) => Answer(status, "/", "");

    private static Func<HttpContext, Task<bool>> Answer(int status, string path, string body, params (string Name, string Value)[] headers) => async context =>
    {
        if (path != "/" && context.Request.Path != path)
        {
            return false;
        }

        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Append(name, value);
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    };

    /// <summary>What the server answers, with another header.</summary>
    private static Func<HttpContext, Task<bool>> Forward(string path, string header, string value) => context =>
    {
        if (context.Request.Path == path)
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers[header] = value;
                return Task.CompletedTask;
            });
        }

        return Task.FromResult(false);
    };

    private CollateralService Service(HttpClient? http = null, ProvisioningOptions? options = null, CollateralFolder? folder = null) =>
        new(Client(http, options), World.Anchor, _floors, _time, folder, _reports, new Random(1));

    private ProvisioningClient Client(HttpClient? http = null, ProvisioningOptions? options = null)
    {
        if (http is null)
        {
            _owned.Add(http = new HttpClient(ProvisioningClient.CreateHandler()));
        }

        return new ProvisioningClient(http, options ?? new ProvisioningOptions { BaseAddress = _server.Address }, _time);
    }

    private sealed class Reports : IProgress<CollateralRefresh>
    {
        private readonly Channel<CollateralRefresh> _reports = Channel.CreateUnbounded<CollateralRefresh>();

        public void Report(CollateralRefresh value) => _reports.Writer.TryWrite(value);

        public async Task<CollateralRefresh> NextAsync()
        {
            using var deadline = new CancellationTokenSource(Deadline);
            return await _reports.Reader.ReadAsync(deadline.Token);
        }
    }
}
