using System.Diagnostics;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Storage;
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
