using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Tests;

public sealed class KnownErrorsTests
{
    private static readonly IOException Cause = new("the connection broke");

    public static TheoryData<Type> Types =>
    [
        .. ReflexExceptionTests.Samples
            .Where(sample => sample.Code != ErrorCode.Failed && sample.Code != ErrorCode.Unavailable)
            .Select(sample => sample.GetType()),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Make_EveryCode_IsTheExceptionWithTheServersSentenceAndFacts(Type type)
    {
        var told = ReflexExceptionTests.Samples.Single(sample => sample.GetType() == type);

        var made = KnownErrors.Make(told.Code.Reason, "What the server says.", told.Facts, "read orders", Cause);

        Assert.NotNull(made);
        Assert.True(made.GetType().IsInstanceOfType(told), $"{told.Code.Name} became a {made.GetType().Name}");
        Assert.Equal(("What the server says.", told.Code, told.IsTransient), (made.Message, made.Code, made.IsTransient));
        Assert.Equal(told.Facts.ToDictionary(), made.Facts.ToDictionary());
    }

    [Fact]
    public void Make_FactsMissingOrMalformed_AreEmpty()
    {
        var facts = ErrorFacts.None.With("stream", "orders").With("partition", "x").With("cursor", "-9");
        var error = Assert.IsType<CursorAheadException>(KnownErrors.Make("CURSOR_AHEAD", "", facts, "read orders", Cause));
        Assert.Equal((new PartitionId("orders", 0), 0, 0), (error.Partition, error.Cursor.Value, error.Head.Value));
    }

    [Fact]
    public void Make_WhatPassesByItself_SaysWhatTheCallWasToDo()
    {
        var error = Assert.IsType<ClusterUnavailableException>(
            KnownErrors.Make(ErrorCode.Unavailable.Reason, "", ErrorFacts.None, "read orders", Cause));
        Assert.StartsWith("Could not read orders, ", error.Message, StringComparison.Ordinal);
        Assert.Same(Cause, error.InnerException);
    }

    [Theory]
    [InlineData("FAILED")]
    [InlineData("")]
    [InlineData("cursor-ahead")]
    public void Make_AnotherReason_IsNothing(string reason) =>
        Assert.Null(KnownErrors.Make(reason, "What the server says.", ErrorFacts.None, "read orders", Cause));
}
