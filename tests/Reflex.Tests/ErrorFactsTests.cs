namespace Reflex.Tests;

public sealed class ErrorFactsTests
{
    private static readonly ErrorFacts Facts = ErrorFacts.None.With("stream", "orders").With("limit", 5_000_000_000).With("head", "-7");

    [Fact]
    public void With_KeepsTheOrderAndWhatWasThere()
    {
        Assert.Equal(["stream", "limit", "head"], Facts.Select(fact => fact.Key));
        Assert.Equal(4, Facts.With("more", 1).Count);
        Assert.Equal(3, Facts.Count);
        Assert.Empty(ErrorFacts.None);
    }

    [Fact]
    public void Reading_WhatIsMissingOrNoSuchThing_IsNothing()
    {
        Assert.Equal(("orders", 5_000_000_000, int.MaxValue), (Facts.Text("stream"), Facts.Number("limit"), Facts.Amount("limit")));
        Assert.Equal(("", 0, 0, 0), (Facts.Text("none"), Facts.Number("none"), Facts.Number("head"), Facts.Amount("stream")));
    }
}
