using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Tests.Attestation.Collaterals;

/// <summary>Collateral as it comes from a file or another party, before anything of it is judged.</summary>
public sealed class CollateralTests
{
    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("{}", "tcb_info")]
    [InlineData("""{"tcb_info":"a","tcb_info":"b"}""", "once")]
    [InlineData("""{"tcb_info":7}""", "tcb_info")]
    [InlineData("""{"tcb_info":"\ud800"}""", "Unicode")]
    [InlineData("""{"tcb_info":"{}","tcb_info_signature":"00"}""", "64 bytes in hex")]
    [InlineData("""{"tcb_info":"{}","tcb_info_signature":"zz"}""", "tcb_info_signature")]
    public void TryParse_NotTheLayout_SaysWhatWasExpected(string json, string expected)
    {
        Assert.False(Collateral.TryParse(Encoding.UTF8.GetBytes(json), out var collateral, out var refusal));

        Assert.Null(collateral);
        Assert.Equal(RefusalCodes.CollateralFormat, refusal?.Code);
        Assert.Contains(expected, refusal!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooLarge_IsRefusedUnread()
    {
        Assert.False(Collateral.TryParse(new byte[Collateral.LargestBytes + 1], out _, out var refusal));
        Assert.Contains("at most", refusal?.Reason, StringComparison.Ordinal);
    }

    /// <summary>A signature is r and s, 64 bytes. In DER, as certificates have it, it is not read: its length differs.</summary>
    [SkippableFact]
    public void TryParse_SignatureInDer_IsRefused()
    {
        var set = JsonNode.Parse(Vectors.Text("collateral/b0c06f-2025-06.json"))!.AsObject();
        var raw = set["tcb_info_signature"]!.GetValue<string>();
        set["tcb_info_signature"] = $"3046022100{raw[..64]}022100{raw[64..]}";

        Assert.False(Collateral.TryParse(JsonSerializer.SerializeToUtf8Bytes(set), out _, out var refusal));
        Assert.Equal(RefusalCodes.CollateralFormat, refusal?.Code);
    }
}
