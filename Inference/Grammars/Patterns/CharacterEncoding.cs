using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Patterns;

/// <summary>How one character out of a set is written.</summary>
internal delegate Fragment CharacterEncoding(CodePointSet set);
