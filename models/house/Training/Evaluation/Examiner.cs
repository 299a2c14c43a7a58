using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Text.Tools;
using CocoonOrleans.HouseModel.Training;
using static TorchSharp.torch;
using Generator = CocoonOrleans.HouseModel.Text.Generator;

namespace CocoonOrleans.HouseModel.Evaluation;

/// <summary>
/// Measures exact answers. Each answer is a function of its question, and greedy decoding gives exactly that answer where the most likely token is the
/// right one at each of its positions: one pass per question instead of one per token.
/// </summary>
public sealed class Examiner(Generator generator, ChatFormat format, Network network)
{
    /// <summary>What the follow-up questions of translations are called in the table.</summary>
    public const string FollowUps = "follow-up";

    private const int RowsInPass = 32;

    /// <summary>Examines every skill.</summary>
    /// <param name="items">Questions in each cell.</param>
    /// <param name="seed">Seed of the questions.</param>
    /// <param name="onMistake">Takes each question that was answered wrongly.</param>
    public IReadOnlyList<Accuracy> Examine(int items, ulong seed, Action<Dialogue>? onMistake = null)
    {
        int Count(string name, Func<Dice, Draw, Dialogue> next, bool newWordings)
        {
            var dice = Dice.ForPart(seed, HashCodeOf(name) + (newWordings ? 1 : 0));
            var draw = new Draw(HeldOutOperands: true, newWordings);
            return CountRight([.. Enumerable.Range(0, items).Select(_ => next(dice, draw))], onMistake);
        }

        Accuracy Both(string name, Func<Dice, Draw, Dialogue> next) => new(name, items, Count(name, next, newWordings: false), Count(name, next, newWordings: true));
        return [.. generator.Skills.Select(skill => Both(skill.Name, (dice, draw) => generator.NextTest(skill, dice, draw))), Both(FollowUps, generator.NextFollowUp),
            Both(ToolUse.Calling, generator.NextCall), Both(ToolUse.Answering, generator.NextResult), Both(ToolUse.Declining, generator.NextWithoutCall)];
    }

    /// <summary>How many of the held-out sums are answered exactly, asked as <c>cocoon demo</c> asks them.</summary>
    /// <param name="onMistake">Takes each sum that was answered wrongly.</param>
    public int ExamineSums(Action<Dialogue>? onMistake = null) => CountRight([.. HeldOutSums.All.Select(HeldOutSums.ToDialogue)], onMistake);

    /// <summary>The greedy answer to a prompt, token by token.</summary>
    /// <param name="prompt">Tokens up to the place where the answer starts.</param>
    /// <param name="most">Most tokens of the answer.</param>
    public string Answer(IReadOnlyList<int> prompt, int most)
    {
        using var none = no_grad();
        var ids = prompt.ToList();
        while (ids.Count < Math.Min(prompt.Count + most, Shape.Positions))
        {
            using var scope = NewDisposeScope();
            var logits = network.Forward(tensor(ids.Select(id => (long)id).ToArray()).view(1, -1), tensor(new[] { ids.Count - 1L }));
            var next = (int)logits.argmax(1).item<long>();
            if (next == format.End)
            {
                break;
            }

            ids.Add(next);
        }

        return format.Decode([.. ids.Skip(prompt.Count)]);
    }

    private static long HashCodeOf(string name) => unchecked(name.Aggregate(17L, (hash, c) => (hash * 31) + c)) * 2;

    private int CountRight(IReadOnlyList<Dialogue> dialogues, Action<Dialogue>? onMistake)
    {
        var right = AreRight(dialogues);
        foreach (var dialogue in dialogues.Where((_, i) => !right[i]))
        {
            onMistake?.Invoke(dialogue);
        }

        return right.Count(isRight => isRight);
    }

    private bool[] AreRight(IReadOnlyList<Dialogue> dialogues)
    {
        using var none = no_grad();
        var right = new bool[dialogues.Count];
        var rows = dialogues.Select((dialogue, i) => (Row: format.Encode(dialogue, lastAnswerOnly: true), Index: i)).OrderBy(row => row.Row.Ids.Length);
        foreach (var part in rows.Chunk(RowsInPass))
        {
            using var scope = NewDisposeScope();
            var (ids, positions, targets) = new Batch([.. part.Select(row => row.Row)]).ToTensors(format.Padding);
            var hits = network.Forward(ids, positions).argmax(1).eq(targets).data<bool>().ToArray();
            var at = 0;
            foreach (var (row, index) in part)
            {
                right[index] = !hits.AsSpan(at, row.Wanted.Length).Contains(false);
                at += row.Wanted.Length;
            }
        }

        return right;
    }
}
