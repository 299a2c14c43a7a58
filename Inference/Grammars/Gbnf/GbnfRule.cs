namespace CocoonOrleans.Inference.Grammars.Gbnf;

/// <summary>A rule of a GBNF grammar.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Line">Where it begins, from 1 up.</param>
/// <param name="Body">What it says.</param>
internal sealed record GbnfRule(string Name, int Line, GbnfNode Body);
