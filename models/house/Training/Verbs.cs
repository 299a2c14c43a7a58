using CocoonOrleans.HouseModel.Evaluation;
using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.HouseModel.Vocabulary;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tokenization.Tokenizers;
using TorchSharp;

namespace CocoonOrleans.HouseModel;

/// <summary>What the program can do: <c>train</c>, <c>evaluate</c>, <c>sample</c>.</summary>
public static class Verbs
{
    /// <summary>Seed of the text from which the vocabulary is counted. The seed of a run leaves the vocabulary as it is.</summary>
    public const ulong VocabularySeed = 7;

    /// <summary>Most words of the vocabulary.</summary>
    public const int MostPieces = 2813;

    /// <summary>Tokens in the batch of one step.</summary>
    public const int TokensInBatch = 2048;

    private const ulong ExamSeed = 99;
    private const double PeakRate = 1.5e-3;

    /// <summary>Trains from the first step or from the latest checkpoint, and writes the model's folder.</summary>
    public static void Train(Options options, CancellationToken cancellationToken)
    {
        var (model, seed) = (options.Text("model", "models/house"), (ulong)options.Number("seed", 1));
        Prepare();
        Directory.CreateDirectory(model);
        TokenizerFiles.Write(model, new VocabularyBuilder().Build(VocabularySeed, MostPieces), Shape.Positions);
        var format = new ChatFormat(Tokenizer.Load(model));
        using var network = new Network(Shape.House(format.Vocabulary), (long)seed);
        var schedule = new Schedule(PeakRate, options.Number("steps", 16_000), options.Number("decay", 6_500));
        Console.WriteLine($"{network.Shape}, {network.Count:N0} parameters, seed {seed}, {schedule}");
        var rows = new RowSource(new Generator(TextMix.Early), new Generator(TextMix.Late), options.Number("turn", 8_000), format, seed, TokensInBatch);
        var run = new TrainingRun(network, rows, schedule, format.Padding, TimeProvider.System)
        {
            CheckpointFolder = options.Text("checkpoints", "artifacts/house"),
            CheckpointEvery = options.Number("every", 1_000),
        };
        run.Run(Console.Out, cancellationToken);
        ModelFiles.Write(model, network, format);
        HeldOutSums.Write(model);
        Console.WriteLine($"{string.Join(' ', ModelFiles.WeightsOf(model))}: SHA-256 {EvaluationReport.WeightsSha256(model)}");
    }

    /// <summary>Prints the accuracies of the stored weights and writes them beside the weights.</summary>
    public static void Evaluate(Options options)
    {
        var model = options.Text("model", "models/house");
        Prepare();
        var format = new ChatFormat(Tokenizer.Load(model));
        using var network = ModelFiles.Read(model, Shape.House(format.Vocabulary));
        var examiner = new Examiner(new Generator(TextMix.Examined), format, network);
        var mistakes = new List<Dialogue>();
        var accuracies = examiner.Examine((int)options.Number("items", 500), ExamSeed, mistakes.Add);
        var sumsRight = examiner.ExamineSums(mistakes.Add);
        Console.Write(EvaluationReport.ToTable(accuracies));
        Console.WriteLine(EvaluationReport.ToSentence(sumsRight));
        EvaluationReport.Write(model, accuracies, sumsRight, ExamSeed);
        foreach (var turn in mistakes.Select(dialogue => dialogue.Turns[^1]).Take((int)options.Number("mistakes", 0)))
        {
            Console.WriteLine($"{turn.Skill}: {turn.User} -> {turn.Answer}");
        }
    }

    /// <summary>Answers questions, a line each from standard input; without a trained model's folder prints dialogues of the generator.</summary>
    public static void Sample(Options options)
    {
        var generator = new Generator(TextMix.Late);
        if (options.Text("model", "") is not { Length: > 0 } model)
        {
            var dice = new Dice((ulong)options.Number("seed", 1));
            for (var i = 0L; i < options.Number("dialogues", 20); i++)
            {
                var dialogue = generator.Next(dice);
                Console.WriteLine($"system: {dialogue.System}\n" + string.Concat(dialogue.Turns.Select(turn => $"  {turn.User}\n    {turn.Answer}\n")));
            }

            return;
        }

        Prepare();
        var format = new ChatFormat(Tokenizer.Load(model));
        using var network = ModelFiles.Read(model, Shape.House(format.Vocabulary));
        var examiner = new Examiner(generator, format, network);
        while (Console.ReadLine() is { } question)
        {
            Console.WriteLine($"{question}\n  {examiner.Answer(format.EncodePrompt(null, question), most: 96)}");
        }
    }

    /// <summary>One thread, so that sums of floats always have one order and the weights repeat bit by bit.</summary>
    private static void Prepare()
    {
        TorchLibrary.Load();
        torch.set_num_threads(1);
    }
}
