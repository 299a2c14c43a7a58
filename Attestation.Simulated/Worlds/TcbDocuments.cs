using System.Globalization;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>TCB info and QE identity, as Intel writes them (Intel PCS API, version 4).</summary>
public static class TcbDocuments
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static JsonObject TcbInfo(DateTimeOffset now) => new()
    {
        ["id"] = "TDX",
        ["version"] = 3,
        ["issueDate"] = Time(now.AddDays(-2)),
        ["nextUpdate"] = Time(now.AddDays(28)),
        ["fmspc"] = Convert.ToHexString(SimulatedWorld.Fmspc.Span),
        ["pceId"] = "0000",
        ["tcbType"] = 0,
        ["tcbEvaluationDataNumber"] = 20,
        ["tdxModule"] = Module(),
        ["tdxModuleIdentities"] = new JsonArray(Module("TDX_01", Isv(6, "UpToDate"), Isv(4, "OutOfDate", "INTEL-SA-00002")), Module("TDX_03", Isv(3, "UpToDate"))),
        ["tcbLevels"] = new JsonArray(
            Level(5, [5, 0, 3], "UpToDate"),
            Level(3, [5, 0, 2], "OutOfDate", "INTEL-SA-00001")),
    };

    internal static JsonObject QeIdentity(DateTimeOffset now) => new()
    {
        ["id"] = "TD_QE",
        ["version"] = 2,
        ["issueDate"] = Time(now.AddDays(-2)),
        ["nextUpdate"] = Time(now.AddDays(28)),
        ["tcbEvaluationDataNumber"] = 20,
        ["miscselect"] = "00000000",
        ["miscselectMask"] = "FFFFFFFF",
        ["attributes"] = "11000000000000000000000000000000",
        ["attributesMask"] = "FBFFFFFFFFFFFFFF0000000000000000",
        ["mrsigner"] = Convert.ToHexString(SimulatedWorld.QeSigner.Span),
        ["isvprodid"] = 2,
        ["tcbLevels"] = new JsonArray(Isv(4, "UpToDate"), Isv(2, "OutOfDate", "INTEL-SA-00003")),
    };

    /// <summary>A TCB level.</summary>
    /// <param name="sgx">What the first eight SGX components must have at least.</param>
    /// <param name="tdx">What the first TDX components must have at least.</param>
    /// <param name="status">Intel's word for it.</param>
    /// <param name="advisories">Intel's advisories that apply.</param>
    public static JsonObject Level(int sgx, int[] tdx, string status, params string[] advisories) => WithAdvisories(
        new JsonObject
        {
            ["tcb"] = new JsonObject
            {
                ["sgxtcbcomponents"] = Components([.. Enumerable.Repeat(sgx, 8)]),
                ["pcesvn"] = 11,
                ["tdxtcbcomponents"] = Components(tdx),
            },
            ["tcbStatus"] = status,
        },
        advisories);

    /// <summary>A level of the quoting enclave or of a TDX module.</summary>
    /// <param name="isvSvn">The least security version.</param>
    /// <param name="status">Intel's word for it.</param>
    /// <param name="advisories">Intel's advisories that apply.</param>
    public static JsonObject Isv(int isvSvn, string status, params string[] advisories) =>
        WithAdvisories(new JsonObject { ["tcb"] = new JsonObject { ["isvsvn"] = isvSvn }, ["tcbStatus"] = status }, advisories);

    private static JsonObject Module(string? id = null, params JsonNode[] levels)
    {
        var module = new JsonObject { ["mrsigner"] = new string('0', 96), ["attributes"] = new string('0', 16), ["attributesMask"] = new string('F', 16) };
        if (id is not null)
        {
            module["id"] = id;
            module["tcbLevels"] = new JsonArray(levels);
        }

        return module;
    }

    private static JsonObject WithAdvisories(JsonObject level, string[] advisories)
    {
        if (advisories.Length > 0)
        {
            level["advisoryIDs"] = new JsonArray([.. advisories.Select(advisory => JsonValue.Create(advisory))]);
        }

        return level;
    }

    private static JsonArray Components(int[] first) =>
        [.. first.Concat(new int[16 - first.Length]).Select(svn => new JsonObject { ["svn"] = svn })];

    private static string Time(DateTimeOffset time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
