namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>A piece of what a model said.</summary>
public abstract record AnswerPart;

/// <summary>Text for the reader.</summary>
/// <param name="Text">Not empty.</param>
public sealed record ContentPart(string Text) : AnswerPart;

/// <summary>Text that the model wrote to itself before its answer.</summary>
/// <param name="Text">Not empty.</param>
public sealed record ReasoningPart(string Text) : AnswerPart;

/// <summary>A whole call of a function.</summary>
/// <param name="Index">Its number in the answer, from 0 up.</param>
/// <param name="Name">The function, one of those that were offered.</param>
/// <param name="Arguments">Its arguments: a JSON object as the model wrote it.</param>
public sealed record ToolCallPart(int Index, string Name, string Arguments) : AnswerPart;
