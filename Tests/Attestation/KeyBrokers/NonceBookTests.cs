using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Attestation.KeyBrokers;

public sealed class NonceBookTests
{
    private readonly WatchedTime _time = new(World.Now);

    [Fact]
    public void TryUse_Nonce_IsGoodOnce()
    {
        var book = Book();
        var nonce = book.Give()!.Value.Nonce;

        Assert.True(book.IsGood(nonce));
        Assert.True(book.TryUse(nonce));
        Assert.False(book.IsGood(nonce));
        Assert.False(book.TryUse(nonce));
        Assert.False(book.TryUse(Digest.Of("no nonce"u8)));
    }

    [Fact]
    public void TryUse_AtItsEnd_IsNotGood()
    {
        var book = Book();
        var (nonce, expires) = book.Give()!.Value;
        Assert.Equal(_time.GetUtcNow() + NonceBook.Life, expires);

        _time.Advance(NonceBook.Life);

        Assert.False(book.IsGood(nonce));
        Assert.False(book.TryUse(nonce));
    }

    /// <summary>Used ones count until they would have expired: what is kept has a bound, whatever is done with it.</summary>
    [Fact]
    public void Give_AsManyAsMayBeOut_IsRefusedUntilTheFirstExpires()
    {
        var book = Book(most: 2);
        book.TryUse(book.Give()!.Value.Nonce);
        book.Give();

        Assert.Null(book.Give());
        _time.Advance(NonceBook.Life);
        Assert.NotNull(book.Give());
    }

    private NonceBook Book(int most = 100) => new(Options.Create(new KeyBrokerOptions { MostNonces = most }), _time);
}
