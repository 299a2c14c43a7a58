namespace CocoonOrleans.Inference.Grammars;

/// <summary>What is left for compiling one grammar.</summary>
internal sealed class CompileBudget
{
    private long _steps = GrammarLimits.CompileSteps;
    private int _nodes = GrammarLimits.BuiltNodes;

    /// <summary>Takes so many steps.</summary>
    /// <exception cref="GrammarException">None are left.</exception>
    public void Spend(long steps)
    {
        _steps -= steps;
        if (_steps < 0)
        {
            throw TooComplex();
        }
    }

    /// <summary>Takes one node.</summary>
    /// <exception cref="GrammarException">None are left.</exception>
    public void AddNode()
    {
        if (--_nodes < 0)
        {
            throw TooComplex();
        }

        Spend(1);
    }

    /// <summary>The refusal of a grammar that is too large.</summary>
    public static GrammarException TooComplex() => new("#", "the grammar is too complex; use fewer properties, shorter lists, or smaller counts");
}
