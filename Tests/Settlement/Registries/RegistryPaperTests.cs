using System.Text;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Registries;

public sealed class RegistryPaperTests
{
    [Fact]
    public void Copies_SignedApart_AreOnePaper()
    {
        RegistryPaper paper = Reread(RegistryPaper.Of(SampleCells.Proposal(), Sample.Owners));
        Assert.Equal((2, 0), (paper.Needed, paper.Signatures.Count));

        RegistryPaper merged = Reread(paper.Sign(Sample.OwnerKeys[0])).Merge(Reread(paper.Sign(Sample.OwnerKeys[2])));

        Assert.Equal([0, 2], merged.Signatures.Keys.Order().Select(number => (int)number));
        Assert.Equal(
            RegistryMessages.Propose(1, SampleCells.Proposal(), new Dictionary<byte, Signature> { [0] = Sample.OwnerKeys[0].Sign(paper.Cell), [2] = Sample.OwnerKeys[2].Sign(paper.Cell) }),
            merged.ToMessage(1));

        // A third signature costs gas and nothing else, so it stays at home.
        Assert.Equal(merged.ToMessage(1).Hash, merged.Sign(Sample.OwnerKeys[0]).ToMessage(1).Hash);
    }

    [Fact]
    public void Veto_Written_IsReadBack()
    {
        var veto = new RegistryVeto(TonNetwork.Development, SampleCells.Proposal().Registry, 3, 1_764_000_600);

        RegistryPaper paper = Reread(RegistryPaper.Of(veto, Sample.Owners).Sign(Sample.OwnerKeys[1]));

        Assert.Equal(veto, paper.Veto);
        Assert.Null(paper.Proposal);
        Assert.Equal((2, 3u), (paper.Needed, paper.Number));
    }

    [Fact]
    public void Sign_ByNoOwner_IsRefused()
    {
        using SigningKey stranger = Sample.KeyOf("stranger");

        Assert.Equal("owners", Assert.Throws<TonFormatException>(() => RegistryPaper.Of(SampleCells.Proposal(), Sample.Owners).Sign(stranger)).Field);
    }

    [Fact]
    public void Merge_OfOthers_IsRefused()
    {
        RegistryPaper paper = RegistryPaper.Of(SampleCells.Proposal(), Sample.Owners);

        Assert.Throws<TonFormatException>(() => paper.Merge(RegistryPaper.Of(SampleCells.Proposal() with { Number = 4 }, Sample.Owners)));
    }

    [Theory]
    [InlineData("not json", "{", "")]
    [InlineData("format", "cocoon-registry-v1", "cocoon-registry-v2")]
    [InlineData("what", "\"proposal\"", "\"veto\"")]
    [InlineData("a missing part", "\"owners\"", "\"others\"")]
    [InlineData("a signature of another owner", "\"signatures\": {\n    \"0\"", "\"signatures\": {\n    \"1\"")]
    [InlineData("a number that is none", "\"signatures\": {\n    \"0\"", "\"signatures\": {\n    \"00\"")]
    public void Parse_ChangedFile_IsRefused(string what, string from, string to)
    {
        string file = Encoding.UTF8.GetString(RegistryPaper.Of(SampleCells.Proposal(), Sample.Owners).Sign(Sample.OwnerKeys[0]).Write()).ReplaceLineEndings("\n");
        Assert.True(file.Contains(from, StringComparison.Ordinal), what);

        Assert.Throws<TonFormatException>(() => RegistryPaper.Parse(Encoding.UTF8.GetBytes(file.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void Parse_FilesOfAnyBytes_GiveAPaperOrAnError()
    {
        byte[] good = RegistryPaper.Of(SampleCells.Proposal(), Sample.Owners).Sign(Sample.OwnerKeys[0]).Write();
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            byte[] bad = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(32, 127);
            }

            _ = Record.Exception(() => RegistryPaper.Parse(bad)) is { } error ? Assert.IsType<TonFormatException>(error) : null;
        }
    }

    private static RegistryPaper Reread(RegistryPaper paper) => RegistryPaper.Parse(paper.Write());
}
