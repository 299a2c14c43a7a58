using CocoonOrleans.Tokenization.Templates;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Where in a prompt special tokens may stand: nowhere that touches a message. Asked from left to right, for one encoding.</summary>
internal sealed class SpecialTokenPlaces(ChatPrompt prompt)
{
    private int _next;

    /// <summary>For a place in the prompt's text: up to which place a special token that starts there may reach.</summary>
    public int AllowedUntil(int place)
    {
        var ranges = prompt.FromMessages;
        while (_next < ranges.Count && ranges[_next].End <= place)
        {
            _next++;
        }

        return _next < ranges.Count ? ranges[_next].Start : int.MaxValue;
    }
}
