using System.Diagnostics;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Tests.Shared;
using Reflex.Tests.Support;

namespace Reflex.Tests.Storage;

public sealed class EventBatchBuilderTests
{
    [Fact]
    public void Build_AnyEvents_DecodeAsGiven() => Batches.GenNewEvent.List[1, 40].Sample(given =>
    {
        var decoded = Batches.Decode(Batches.Seal(Batches.Append(given), baseId: 5));
        Assert.Equal(given.Count, decoded.Count);
        for (var i = 0; i < given.Count; i++)
        {
            Assert.Equal(5 + i, decoded[i].Id.Value);
            Batches.AssertSame(given[i], decoded[i]);
        }
    });

    [Fact]
    public void Build_AnyEventsWithAndWithoutKeys_DecodeAsGivenAndSayWhetherThereAreKeys() =>
        Gen.Select(Batches.GenNewEvent, Batches.GenKey, Gen.Int[0, 20_000]).List[1, 12].Sample(given =>
        {
            var events = given.ConvertAll(one => (Event: one.Item1 with { Metadata = new byte[one.Item3] }, Key: one.Item2));
            var batches = Batches.Seal(KeyedBatches.Append(events));
            Assert.All(Batches.Decode(batches), (e, i) => Batches.AssertSame(events[i].Event, e));
            foreach (var batch in batches)
            {
                var keys = events.GetRange((int)batch.BaseId.Value - 1, batch.Count).ConvertAll(one => one.Key);
                Assert.Equal(keys.Any(key => key is not null), batch.HasKeys);
                Assert.True(EventBatch.TryReadSealed(batch.Bytes, out _));
            }

            if (events.TrueForAll(one => one.Key is null))
            {
                var plain = Batches.Seal(Batches.Append(events.ConvertAll(one => one.Event)));
                Assert.Equal(plain.Select(batch => batch.Bytes.ToArray()), batches.Select(batch => batch.Bytes.ToArray()));
            }
        });

    [Fact]
    public void Add_KeyThatIsNone_IsRefusedAndLeavesTheBuilder()
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "good"));
        foreach (var key in new[] { "", "a\ud83d", new string('k', 257) })
        {
            Assert.Throws<ArgumentException>(() => builder.Add(new NewEvent(1, "1"), key));
        }

        Assert.Equal(1, builder.Count);
        Assert.False(EventBatch.FromProducer(builder.Build().Single()).HasKeys);
    }

    [Fact]
    public void Build_AnySizes_ClosesBatchesAtTheTargetAndMarksAllButTheLast() => Gen.Int[0, 40_000].List[1, 12].Sample(sizes =>
    {
        var built = Batches.Append(sizes.Select(size => new NewEvent(1, "1") { Metadata = new byte[size] }));
        var batches = built.Select(EventBatch.FromProducer).ToList();
        Assert.Equal(sizes.Count, batches.Sum(batch => batch.Count));
        Assert.All(batches, (batch, i) =>
        {
            Assert.True(batch.Count == 1 || batch.Bytes.Length <= EventBatchBuilder.TargetSize);
            Assert.Equal(i < batches.Count - 1, batch.MoreFollows);
            Assert.False(batch.IsSealed);
        });
    });

    [Fact]
    public void Build_EventOverTheTarget_GetsABatchOfItsOwn()
    {
        var large = new NewEvent(1, "1") { Metadata = new byte[EventBatchBuilder.TargetSize] };
        var built = Batches.Append([new(1, "1"), large, new(1, "1"), new(1, "1")]);
        Assert.Equal([1, 1, 2], built.Select(bytes => EventBatch.FromProducer(bytes).Count));
    }

    [Fact]
    public void Add_SomeEventsOfBatches_TakesThemAsTheyAreAndClosesBatchesAtTheTarget() =>
        Gen.Select(Batches.GenNewEvent, Batches.GenKey, Gen.Int[0, 30_000], Gen.Bool).List[1, 12].Sample(given =>
        {
            var events = given.ConvertAll(one => (
                Event: (one.Item1 with { Metadata = new byte[one.Item3] }, one.Item2), IsWanted: one.Item4));
            var wanted = events.Where(one => one.IsWanted).Select(one => one.Event).ToList();
            var builder = new EventBatchBuilder(TimeProvider.System);
            var first = 0;
            foreach (var batch in KeyedBatches.Append(events.Select(one => one.Event)).Select(EventBatch.FromProducer))
            {
                var before = first;
                builder.Add(batch, i => events[before + i].IsWanted);
                first += batch.Count;
            }

            Assert.Equal(wanted.Count, builder.Count);
            if (wanted.Count == 0)
            {
                Assert.Throws<InvalidOperationException>(() => builder.Build());
                return;
            }

            Assert.Equal(KeyedBatches.Append(wanted).Select(bytes => bytes.ToArray()), builder.Build().Select(bytes => bytes.ToArray()));
        });

    [Fact]
    public void Build_Twice_StartsOverAndLeavesTheFirstUntouched()
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "first"));
        var first = builder.Build();
        var bytes = first[0].ToArray();
        Assert.Equal((0, 0), (builder.Count, builder.Bytes));
        builder.Add(new NewEvent(2, "second"));
        builder.Build();
        Assert.Equal(bytes, first[0].ToArray());
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void Add_WithoutTimestamp_TakesTheClocksTime()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero));
        var builder = new EventBatchBuilder(clock);
        builder.Add(new NewEvent(1, "1"));
        Assert.Equal(clock.GetUtcNow(), Batches.Decode(Batches.Seal(builder.Build())).Single().Timestamp);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, false, true)]
    [InlineData(ActivityTraceFlags.None, false, false)]
    [InlineData(ActivityTraceFlags.Recorded, true, false)]
    public void Add_UnderAnActivity_TakesItsContextIfRecordedAndNoneGiven(ActivityTraceFlags flags, bool isGiven, bool isTaken)
    {
        using var activity = new Activity("append").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = flags;
        activity.Start();
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "1") { Trace = isGiven ? "own"u8.ToArray() : default });
        var e = Batches.Decode(Batches.Seal(builder.Build())).Single();
        Assert.Equal(isTaken, TraceContext.TryRead(e.Trace.Span, out var context));
        Assert.Equal(isTaken ? activity.SpanId : default, context.SpanId);
        Assert.Equal(isGiven, e.Trace.Span.SequenceEqual("own"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(EventBatch.MaxSize - EventBatch.HeaderSize + 1)]
    public void Create_LimitOutOfRange_IsRefused(int maxEventBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventBatchBuilder(TimeProvider.System, maxEventBytes));

    [Fact]
    public void Build_LargestPossibleEvent_IsAValidBatch()
    {
        const int largest = EventBatch.MaxSize - EventBatch.HeaderSize;
        var builder = new EventBatchBuilder(TimeProvider.System, largest);
        builder.Add(new NewEvent(1, "") { Metadata = new byte[largest - 20] });
        Assert.Equal(EventBatch.MaxSize, Batches.Seal(builder.Build()).Single().Bytes.Length);
    }
}
