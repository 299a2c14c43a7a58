namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>The types of JSON Schema, as a set.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    String = 16,

    /// <summary>Whole numbers.</summary>
    Integer = 32,

    /// <summary>Numbers that are not whole.</summary>
    Fraction = 64,

    Number = Integer | Fraction,
    All = Null | Boolean | Object | Array | String | Number,
}
