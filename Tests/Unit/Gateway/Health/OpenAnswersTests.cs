using CocoonOrleans.Gateway.Health;

namespace CocoonOrleans.Tests.Unit.Gateway.Health;

public sealed class OpenAnswersTests
{
    private readonly OpenAnswers _open = new();

    [Fact]
    public void WhenNone_NoneOpen_IsNow() => Assert.True(_open.WhenNoneAsync().IsCompleted);

    [Fact]
    public async Task WhenNone_TwoOpen_IsAfterTheLast()
    {
        _open.Begin();
        _open.Begin();
        Task none = _open.WhenNoneAsync();
        _open.End();
        Assert.False(none.IsCompleted);

        _open.End();

        await none.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
