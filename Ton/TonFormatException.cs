namespace CocoonOrleans.Ton;

/// <summary>Bytes or text from outside are not what they should be. The only exception that reading them may give.</summary>
/// <param name="field">What is wrong, for example <c>boc.cells</c> or <c>voucher.cumulative</c>.</param>
/// <param name="reason">Why, in a few words.</param>
public sealed class TonFormatException(string field, string reason) : Exception($"{field}: {reason}")
{
    /// <summary>What is wrong, for example <c>boc.cells</c> or <c>voucher.cumulative</c>.</summary>
    public string Field { get; } = field;
}
