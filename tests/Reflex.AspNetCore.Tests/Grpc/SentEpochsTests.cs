using Reflex.AspNetCore.Grpc.Sessions;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class SentEpochsTests
{
    [Theory]
    [InlineData("3", "3@a")] // Where the session began.
    [InlineData("4", "4@a")]
    [InlineData("5", "5@b")]
    [InlineData("9", "9@c")]
    [InlineData("2", "2")] // Before its beginning: nobody knows.
    [InlineData("6@d", "6@d")] // What has a life keeps it.
    [InlineData("", "")]
    public void Complete_ABareNumber_GetsTheLifeOfWhatWasSent(string acknowledged, string expected)
    {
        var epochs = Begin("3@a", (0, "5@b"), (0, "7@c"));
        Assert.Equal(expected, epochs.Complete(acknowledged).ToString());
    }

    [Fact]
    public void Complete_OneAfterTheOther_ForgetsWhatIsNotNeededAnyMore()
    {
        var epochs = Begin("3@a", (0, "5@b"), (0, "7@c"));
        Assert.Equal(["4@a", "6@b", "6@b", "8@c"], new[] { "4", "6", "6", "8" }.Select(id => epochs.Complete(id).ToString()));
    }

    [Fact]
    public void Complete_OfSeveralPartitions_GivesEachItsOwn()
    {
        var epochs = Begin("3@a..7@b", (1, "1@c"), (2, "8@d"));
        Assert.Equal("3@a.2@c.7@b", epochs.Complete("3.2.7").ToString());
        Assert.Equal("3@a..9@d", epochs.Complete("3..9").ToString());
    }

    private static SentEpochs Begin(Cursor start, params (int Place, Cursor First)[] owners)
    {
        var epochs = new SentEpochs();
        epochs.NoteStart(start);
        foreach (var (place, first) in owners)
        {
            var handled = first.Of(0)!.Value;
            epochs.Note(place, handled);
            epochs.Note(place, handled with { Id = handled.Id.Next });
        }

        return epochs;
    }
}
