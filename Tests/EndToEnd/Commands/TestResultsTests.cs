using System.Xml.Linq;
using CocoonOrleans.Cli.Testing;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class TestResultsTests
{
    [Fact]
    public void Parse_EachOutcome_IsCountedOnce()
    {
        var results = TestResults.Parse(Trx("""
            <UnitTestResult testName="A" outcome="Passed"/>
            <UnitTestResult testName="B" outcome="Failed"><Output><ErrorInfo><Message>no</Message><StackTrace>at B</StackTrace></ErrorInfo></Output></UnitTestResult>
            <UnitTestResult testName="C" outcome="NotExecuted"><Output><ErrorInfo><Message>no GPU here</Message></ErrorInfo></Output></UnitTestResult>
            """));

        Assert.Equal(new TestCounts(1, 1, 1), results.Counts);
        Assert.Equal(new TestFailure("B", "no", "at B"), Assert.Single(results.Failures));
        Assert.Equal(new TestSkip("C", "no GPU here"), Assert.Single(results.Skips));
    }

    [Fact]
    public void Parse_StackTrace_KeepsOurFramesOnly()
    {
        var results = TestResults.Parse(Trx("""
            <UnitTestResult testName="B" outcome="Failed"><Output><ErrorInfo><Message>no</Message><StackTrace>   at Xunit.Assert.True()
               at CocoonOrleans.Tests.B() in B.cs:line 3
               at System.Threading.Tasks.Task.Run()
            --- End of stack trace from previous location ---</StackTrace></ErrorInfo></Output></UnitTestResult>
            """));

        Assert.Equal("at CocoonOrleans.Tests.B() in B.cs:line 3", Assert.Single(results.Failures).StackTrace);
    }

    [Theory]
    [InlineData("Aborted")]
    [InlineData("Timeout")]
    [InlineData("InProgress")]
    public void Parse_UnfinishedTest_CountsAsFailed(string outcome) =>
        Assert.Equal(new TestCounts(0, 1, 0), TestResults.Parse(Trx($"""<UnitTestResult testName="A" outcome="{outcome}"/>""")).Counts);

    [Fact]
    public void After_SecondRun_OnlyWhatPassedThenIsUnsteady()
    {
        var first = TestResults.Parse(Trx("""
            <UnitTestResult testName="A" outcome="Passed"/><UnitTestResult testName="B" outcome="Failed"/><UnitTestResult testName="C(x: 1)" outcome="Failed"/>
            <UnitTestResult testName="D" outcome="Failed"/>
            """));

        var both = first.After(TestResults.Parse(Trx("""<UnitTestResult testName="B" outcome="Failed"/><UnitTestResult testName="C(x: 1)" outcome="Passed"/><UnitTestResult testName="C(x: 2)" outcome="Passed"/>""")));

        Assert.Equal(new TestCounts(2, 2, 0), both.Counts);
        Assert.Equal(["B", "D"], both.Failures.Select(failure => failure.Test));
        Assert.Equal(["C(x: 1)"], both.Unsteady.Select(failure => failure.Test));
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData("Ledger", false, "FullyQualifiedName~Ledger")]
    [InlineData("FullyQualifiedName!~Slow", false, "FullyQualifiedName!~Slow")]
    [InlineData(null, true, "Category=Long")]
    [InlineData("Ledger", true, "Category=Long&(FullyQualifiedName~Ledger)")]
    public void Expression_OfASelection_IsTheFilterOfDotnetTest(string? filter, bool isLong, string? expression) =>
        Assert.Equal(expression, new TestSelection(filter, isLong).Expression);

    [Fact]
    public void Parse_TestThatPrints_KeepsItsLinesAndSeconds()
    {
        var ran = Assert.Single(TestResults.Parse(Trx("""
            <UnitTestResult testName="A" outcome="Passed" duration="00:01:02.5000000"><Output><StdOut>10,000 requests
            none lost</StdOut></Output></UnitTestResult>
            """)).Ran);

        Assert.Equal(("A", true, 62.5), (ran.Test, ran.Passed, ran.Seconds));
        Assert.Equal(["10,000 requests", "none lost"], ran.Output);
    }

    [Fact]
    public void ToString_Counts_IsTheLastLineOfTheCommand() =>
        Assert.Equal("12 passed, 0 failed, 3 skipped", new TestCounts(12, 0, 3).ToString());

    private static XDocument Trx(string results) => XDocument.Parse(
        $"""<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>{results}</Results></TestRun>""");
}
