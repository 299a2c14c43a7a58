namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>One answer and the wordings of all questions that it answers.</summary>
public sealed record AnswerWordings(string Answer, IReadOnlyList<string> Subjects, Wordings Wordings)
{
    /// <summary>
    /// Reads a list in which <c>= answer</c> starts an answer and the lines below it are its wordings; <c>~ a thing</c> names a thing that
    /// <see cref="Facts"/> ask for in many ways.
    /// </summary>
    public static IReadOnlyList<AnswerWordings> Read(string name)
    {
        var answers = new List<AnswerWordings>();
        var lines = WordingFile.Lines(name);
        for (var start = 0; start < lines.Count;)
        {
            var end = start + 1;
            while (end < lines.Count && !lines[end].StartsWith("= ", StringComparison.Ordinal))
            {
                end++;
            }

            var block = lines.Skip(start + 1).Take(end - start - 1).ToArray();
            var subjects = block.Where(IsSubject).Select(line => line[2..]).ToArray();
            answers.Add(new AnswerWordings(lines[start][2..], subjects, new Wordings(block.Where(line => !IsSubject(line)))));
            start = end;
        }

        return answers;
    }

    private static bool IsSubject(string line) => line.StartsWith("~ ", StringComparison.Ordinal);
}
