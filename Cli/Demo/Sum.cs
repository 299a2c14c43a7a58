using System.Globalization;

namespace CocoonOrleans.Cli.Demo;

/// <summary>A sum of two numbers from 0 to 99.</summary>
/// <param name="Left">The first.</param>
/// <param name="Right">The second.</param>
internal readonly record struct Sum(int Left, int Right)
{
    /// <summary>What is asked.</summary>
    public string Question => $"What is {Left} plus {Right}?";

    /// <summary>Reads a sum as it is listed: <c>12+34</c>.</summary>
    public static Sum Parse(string text)
    {
        var parts = text.Split('+');
        return new Sum(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether an answer, which may show its steps first, ends with the right number.</summary>
    public bool IsAnsweredBy(string answer) =>
        answer.Split([' ', ':', '.', '='], StringSplitOptions.RemoveEmptyEntries) is [.., var last]
        && int.TryParse(last, CultureInfo.InvariantCulture, out var number)
        && number == Left + Right;
}
