using System.Text.Json.Nodes;
using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.Tests.Inference.HouseModel.Text;

public sealed class GeneratorTests
{
    private static readonly Generator Generator = new(TextMix.Early);

    [Fact]
    public void Next_SameSeed_GivesSameDialogues()
    {
        var (first, second) = (new Dice(5), new Dice(5));

        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(Text(Generator.Next(first)), Text(Generator.Next(second))));
    }

    [Fact]
    public void Next_OtherSeed_GivesOtherDialogues()
    {
        var (first, second) = (new Dice(5), new Dice(6));

        Assert.NotEqual(Enumerable.Range(0, 20).Select(_ => Text(Generator.Next(first))), Enumerable.Range(0, 20).Select(_ => Text(Generator.Next(second))));
    }

    [Fact]
    public void Next_Training_NeverFillsASumWithHeldOutOperands()
    {
        var operands = TrainingAnswers("addition").Select(answer => $"{answer[answer.IndexOf(", ", StringComparison.Ordinal) + 2]}{answer[0]}+{answer[answer.IndexOf(", ", StringComparison.Ordinal) + 4]}{answer[2]}");

        Assert.DoesNotContain(operands, sum => HeldOut.Contains($"{int.Parse(sum[..2])}+{int.Parse(sum[3..])}"));
    }

    [Fact]
    public void Next_Training_NeverSpellsAHeldOutWord()
        => Assert.DoesNotContain(TrainingAnswers("spelling"), answer => HeldOut.Contains(answer.Replace("-", "", StringComparison.Ordinal)));

    [Fact]
    public void NextTest_HeldOutOperands_SpellsOnlyHeldOutWords()
    {
        var (dice, skill) = (new Dice(3), Generator.Skills.Single(skill => skill.Name == "spelling"));
        var answers = Enumerable.Range(0, 300).Select(_ => skill.Next(dice, new Draw(HeldOutOperands: true, HeldOutWordings: false)).Answer);

        Assert.All(answers, answer => Assert.True(HeldOut.Contains(answer.Replace("-", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Next_AnySkillAndDraw_LeavesNoSlotOpen()
    {
        var dice = new Dice(11);
        var draws = new Draw[] { new(false, false), new(true, false), new(false, true), new(true, true) };
        var turns = Generator.Skills.SelectMany(skill => draws.SelectMany(draw => Enumerable.Range(0, 300).Select(_ => skill.Next(dice, draw))));

        turns = turns.Concat(draws.SelectMany(draw => Enumerable.Range(0, 1_000).SelectMany(_ =>
            new[] { Generator.NextCall(dice, draw), Generator.NextResult(dice, draw), Generator.NextWithoutCall(dice, draw) }).SelectMany(dialogue => dialogue.Turns)));

        Assert.All(turns, turn => Assert.DoesNotMatch(@"\{[a-z0-9]+\}", turn.User + string.Concat(turn.Results) + turn.Answer));
    }

    [Theory]
    [InlineData(47, 38, "7+8=15, 4+3+1=8: 85")]
    [InlineData(0, 0, "0+0=0, 0+0+0=0: 0")]
    [InlineData(99, 99, "9+9=18, 9+9+1=19: 198")]
    public void Addition_Answer_WorksInSteps(int a, int b, string answer) => Assert.Equal(answer, Addition.Answer(a, b));

    [Theory]
    [InlineData(91, 38, "11-8=3, 9-3-1=5: 53")]
    [InlineData(7, 7, "7-7=0, 0-0-0=0: 0")]
    public void Subtraction_Answer_WorksInSteps(int a, int b, string answer) => Assert.Equal(answer, Subtraction.Answer(a, b));

    [Theory]
    [InlineData(38, 91, "11-8=3, 9-3-1=5: -53")]
    [InlineData(0, 1, "1-0=1, 0-0-0=0: -1")]
    public void Subtraction_BelowZero_WorksTheOtherWayRound(int a, int b, string answer) => Assert.Equal(answer, Subtraction.Answer(a, b));

    [Theory]
    [InlineData(7, 38, "7*8=56, 7*3+5=26: 266")]
    [InlineData(38, 7, "7*8=56, 7*3+5=26: 266")]
    [InlineData(0, 5, "0*5=0, 0*0+0=0: 0")]
    public void Multiplication_Answer_WorksInSteps(int a, int b, string answer) => Assert.Equal(answer, Multiplication.Answer(a, b));

    [Fact]
    public void NextCall_AnyDice_CallsOneOfItsToolsWithAllThatIsRequired()
    {
        var dice = new Dice(12);
        var dialogues = Enumerable.Range(0, 1_000).Select(_ => Generator.NextCall(dice, Draw.Training));

        Assert.All(dialogues, dialogue => Assert.All(dialogue.Turns[0].Answer.Split("<tool_call>", StringSplitOptions.RemoveEmptyEntries), call =>
        {
            var json = JsonNode.Parse(call.Split("</tool_call>")[0])!;
            var tool = Assert.Single(dialogue.Tools, tool => tool.Name == json["name"]!.GetValue<string>());
            var given = json["arguments"]!.AsObject().Select(argument => argument.Key).ToList();
            Assert.Superset(tool.Parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Name).ToHashSet(), given.ToHashSet());
            Assert.Subset(tool.Parameters.Select(parameter => parameter.Name).ToHashSet(), given.ToHashSet());
        }));
    }

    [Fact]
    public void NextResult_OfAnObject_SaysEachOfItsMembers()
    {
        var dice = new Dice(13);
        var turns = Enumerable.Range(0, 1_000).Select(_ => Generator.NextResult(dice, Draw.Training).Turns[1]).Where(turn => turn.Results[0].StartsWith('{'));

        Assert.All(turns, turn => Assert.All(JsonNode.Parse(turn.Results[0])!.AsObject(), member => Assert.Contains(member.Value!.ToString(), turn.Answer)));
    }

    private static IEnumerable<string> TrainingAnswers(string skill)
    {
        var dice = new Dice(1);
        return Enumerable.Range(0, 4_000).SelectMany(_ => Generator.Next(dice).Turns).Where(turn => turn.Skill == skill).Select(turn => turn.Answer).ToList();
    }

    private static string Text(Dialogue dialogue) => dialogue.System + string.Concat(dialogue.Turns.Select(turn => turn.User + turn.Answer));
}
