using System.Diagnostics;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Diagnostics;

public sealed class ReflexTracingTests
{
    [Fact]
    public void StartDeliver_OfAnAppendedEvent_IsAChildOfItsAppend()
    {
        using var listener = Listen();
        var builder = new EventBatchBuilder(TimeProvider.System);
        ActivityContext appended;
        using (var append = ReflexTracing.StartAppend("orders", 1))
        {
            Assert.NotNull(append);
            Assert.Equal(("reflex.append", ActivityKind.Producer), (append.OperationName, append.Kind));
            Assert.Equal(("orders", 1), (append.GetTagItem("reflex.stream"), append.GetTagItem("reflex.events")));
            appended = append.Context;
            builder.Add(new NewEvent(7, "42"));
        }

        var e = Batches.Decode(Batches.Seal(builder.Build(), baseId: 5), partition: 2).Single();
        using var deliver = ReflexTracing.StartDeliver("mailer", e);
        Assert.NotNull(deliver);
        Assert.Equal(("reflex.deliver", ActivityKind.Consumer), (deliver.OperationName, deliver.Kind));
        Assert.Equal((appended.TraceId, appended.SpanId), (deliver.TraceId, deliver.ParentSpanId));
        Assert.True(deliver.HasRemoteParent);
        Assert.Equal("mailer", deliver.GetTagItem("reflex.consumer"));
        Assert.Equal(2, deliver.GetTagItem("reflex.partition"));
        Assert.Equal(5L, deliver.GetTagItem("reflex.event.id"));
        Assert.Equal(7, deliver.GetTagItem("reflex.event.type"));
    }

    [Fact]
    public void StartDeliver_EventWithoutATrace_IsARootOfItsOwn()
    {
        using var listener = Listen();
        using var deliver = ReflexTracing.StartDeliver("mailer", Event.Create(new EventId(1), new NewEvent(1, "1")));
        Assert.NotNull(deliver);
        Assert.Equal(default, deliver.ParentSpanId);
    }

    [Fact]
    public void StartCommit_OfSeveralAppends_IsAChildOfTheFirstAndLinkedToTheOthers()
    {
        using var listener = Listen();
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "untraced"));
        var appends = new[] { Append(builder, 1), Append(builder, 2), Append(builder, 3) };
        builder.Add(new NewEvent(1, "untraced"));
        var batch = Batches.Seal(builder.Build()).Single();

        using var commit = ReflexTracing.StartCommit(new PartitionId("orders", 2), [.. batch.Traces(), .. batch.Traces()]);

        Assert.NotNull(commit);
        Assert.Equal(("reflex.commit", ActivityKind.Internal), (commit.OperationName, commit.Kind));
        Assert.Equal(("orders", 2), (commit.GetTagItem("reflex.stream"), commit.GetTagItem("reflex.partition")));
        Assert.Equal((appends[0].TraceId, appends[0].SpanId), (commit.TraceId, commit.ParentSpanId));
        Assert.Equal(
            appends[1..].Select(append => append.SpanId), commit.Links.Select(link => link.Context.SpanId));
    }

    [Fact]
    public void StartCommit_OfManyAppends_HasSoManyLinksAndNoMore()
    {
        using var listener = Listen();
        var builder = new EventBatchBuilder(TimeProvider.System);
        for (var i = 0; i < 200; i++)
        {
            Append(builder, 1);
        }

        using var commit = ReflexTracing.StartCommit(
            new PartitionId("orders", 2), Batches.Seal(builder.Build()).SelectMany(batch => batch.Traces()));

        Assert.Equal(128, commit!.Links.Count());
    }

    [Fact]
    public void StartCommit_OfUntracedAppends_IsNone()
    {
        using var listener = Listen();

        Assert.Null(ReflexTracing.StartCommit(new PartitionId("orders", 2), Batches.Seal(Batches.Append(3)).Single().Traces()));
    }

    private static ActivityContext Append(EventBatchBuilder builder, int count)
    {
        using var append = ReflexTracing.StartAppend("orders", count);
        for (var i = 0; i < count; i++)
        {
            builder.Add(new NewEvent(1, $"{i}"));
        }

        return append!.Context;
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ReflexDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
