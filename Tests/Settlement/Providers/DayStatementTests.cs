using System.Security.Cryptography;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Tests.Settlement.Providers;

public sealed class DayStatementTests : IDisposable
{
    private readonly SigningKey _operator = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public async Task Parse_WhatWasSigned_GivesItBack()
    {
        DayStatement statement = Sample();

        DayStatement read = DayStatement.Parse(await SignAsync(statement));

        Assert.Equal((statement.Network, statement.Provider, statement.Operator, statement.Day, statement.At, statement.Due), (read.Network, read.Provider, read.Operator, read.Day, read.At, read.Due));
        Assert.Equal(statement.Jobs, read.Jobs);
        Assert.Equal(statement.Vouchers, read.Vouchers);
        Assert.Equal(statement.Charges, read.Charges);
        Assert.Equal((new Nano(300), new Nano(285), new Nano(200)), (read.Captured, read.Earned, read.Charged));
    }

    [Fact]
    public async Task Parse_AnyCharacterChangedOrLineMissing_IsRefusedAndNothingElseIsThrown()
    {
        string good = await SignAsync(Sample());
        for (int i = 0; i < good.Length; i++)
        {
            string bad = good[..i] + (good[i] == '1' ? '2' : '1') + good[(i + 1)..];
            Assert.Throws<TonFormatException>(() => DayStatement.Parse(bad));
        }

        string[] lines = good.Split('\n');
        for (int i = 0; i < lines.Length - 1; i++)
        {
            Assert.Throws<TonFormatException>(() => DayStatement.Parse(string.Join('\n', lines.Where((_, index) => index != i))));
            Assert.Throws<TonFormatException>(() => DayStatement.Parse(string.Join('\n', lines.Take(i))));
        }
    }

    [Fact]
    public async Task Parse_SignedByAnother_IsRefused()
    {
        using var other = new SigningKey(RandomNumberGenerator.GetBytes(32));
        string forged = await Sample().SignAsync(seal => Task.FromResult(other.Sign(seal.ToCell())));

        Assert.Contains("signed", Assert.Throws<TonFormatException>(() => DayStatement.Parse(forged)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _operator.Dispose();

    private Task<string> SignAsync(DayStatement statement) => statement.SignAsync(seal => Task.FromResult(_operator.Sign(seal.ToCell())));

    private DayStatement Sample() => new(
        TonNetwork.Development,
        new PublicKey(new Bits256(RandomNumberGenerator.GetBytes(32))),
        _operator.PublicKey,
        new DateOnly(2026, 11, 30),
        new DateTimeOffset(2026, 11, 30, 12, 0, 0, 5, TimeSpan.Zero),
        [new StatementJob(Guid.NewGuid(), new Nano(100), new Nano(95), new Bits256(RandomNumberGenerator.GetBytes(32))), new StatementJob(Guid.NewGuid(), new Nano(200), new Nano(190), null)],
        [new StatementVoucher($"0:{new string('a', 64)}", 1, new Nano(285))],
        [new StatementCharge(new DateTimeOffset(2026, 11, 30, 11, 0, 0, TimeSpan.Zero), new Nano(200), new StatementTransaction("0:" + new string('c', 64), 77, new Bits256(RandomNumberGenerator.GetBytes(32))))],
        new Nano(85));
}
