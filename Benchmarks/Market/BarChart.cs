using System.Globalization;
using System.Text;

namespace CocoonOrleans.Benchmarks.Market;

/// <summary>Bars in groups, as SVG.</summary>
internal static class BarChart
{
    private const int Width = 720;
    private const int Height = 320;
    private const int Left = 50;
    private const int Bottom = 60;
    private const int Top = 40;

    private static readonly string[] Colours = ["#9aa0a6", "#f2a93b", "#6fa8dc", "#3c78d8", "#1b7f4b"];

    /// <summary>Draws.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="groups">The groups' names.</param>
    /// <param name="series">The bars of each group: a name, and a value for each group.</param>
    public static string Draw(string title, IReadOnlyList<string> groups, IReadOnlyList<(string Name, double[] Values)> series)
    {
        var svg = new StringBuilder();
        double most = series.Max(static one => one.Values.Max());
        double scale = (Height - Top - Bottom) / most;
        double group = (Width - Left - 10) / (double)groups.Count;
        double bar = group * 0.8 / series.Count;
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Line($"<text x=\"{Left}\" y=\"20\" font-size=\"14\">{title}</text>");
        for (int g = 0; g < groups.Count; g++)
        {
            for (int s = 0; s < series.Count; s++)
            {
                double x = Left + (g * group) + (s * bar) + (group * 0.1), height = series[s].Values[g] * scale, y = Height - Bottom - height;
                Line($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{bar - 2:0.#}\" height=\"{height:0.#}\" fill=\"{Colours[s % Colours.Length]}\"/>");
                Line($"<text x=\"{x + (bar / 2) - 1:0.#}\" y=\"{y - 3:0.#}\" text-anchor=\"middle\" font-size=\"9\">{series[s].Values[g]:0.00}</text>");
            }

            Line($"<text x=\"{Left + (g * group) + (group / 2):0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{groups[g]}</text>");
        }

        Line($"<line x1=\"{Left}\" y1=\"{Height - Bottom}\" x2=\"{Width - 10}\" y2=\"{Height - Bottom}\" stroke=\"#333\"/>");
        for (int s = 0; s < series.Count; s++)
        {
            double x = Left + (s * (Width - Left) / (double)series.Count);
            Line($"<rect x=\"{x:0.#}\" y=\"{Height - 28}\" width=\"10\" height=\"10\" fill=\"{Colours[s % Colours.Length]}\"/>");
            Line($"<text x=\"{x + 14:0.#}\" y=\"{Height - 19}\">{series[s].Name}</text>");
        }

        Line($"</svg>");
        return svg.ToString();

        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
