using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>How far jobs are spread beyond the best offer. Configuration section <c>Gateway:Spread</c>.</summary>
public sealed class SpreadOptions
{
    /// <summary>Of a hundred jobs so many go to newcomers, where that costs the buyer nothing.</summary>
    [Range(0, 50)]
    public int NewcomersPercent { get; set; } = 5;

    /// <summary>The most of a model's tokens in an hour, in hundredths, that one provider gets while another is nearly as good; 100: no limit.</summary>
    [Range(1, 100)]
    public int MostSharePercent { get; set; } = 40;
}
