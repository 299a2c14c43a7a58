namespace CocoonOrleans.Client.Receipts;

/// <summary>One check of a stored receipt, in words.</summary>
/// <param name="Name">What was checked: a name for programs.</param>
/// <param name="Passed">Whether it held; null where an earlier one failed, or nothing to check it by was given.</param>
/// <param name="Text">The same for people: what was found, or why it does not hold.</param>
public sealed record ReceiptCheck(string Name, bool? Passed, string Text);
