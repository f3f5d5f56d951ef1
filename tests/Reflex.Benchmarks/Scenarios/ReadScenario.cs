using System.Diagnostics;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Cursors;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class ReadScenario : IScenario
{
    private const int Count = 1_000_000;

    public string Name => "read";

    public string Description => "events read per second, in another process and by a consumer grain";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await using var silo = await MeasuredSilo.StartAsync(run.Folder, Durability.Flushed, cancellationToken);
        var bare = silo.Reflex.GetStream(MeasuredStreams.Bare);
        await Appending.FillAsync(bare, Count);
        await ReadAsync(bare, cancellationToken);
        run.Report.Add(Report.Ours, "read from the first event, in another process", Count / (await ReadAsync(bare, cancellationToken)).TotalSeconds, "events/s");

        var control = silo.Reflex.GetConsumer(MeasuredStreams.Consumed, MeasuredStreams.Counter);
        await control.StopAsync(cancellationToken);
        await Appending.FillAsync(silo.Reflex.GetStream(MeasuredStreams.Consumed), Count);
        var counter = silo.GetConsumer<ICountingGrain>(MeasuredStreams.Consumed, MeasuredStreams.Counter);
        await ConsumeAsync();
        run.Report.Add(Report.Ours, "read by a consumer grain with empty logic", Count / (await ConsumeAsync()).TotalSeconds, "events/s");

        async Task<TimeSpan> ConsumeAsync()
        {
            await control.StopAsync(cancellationToken);
            await control.SetCursorAsync(Cursor.Empty, cancellationToken);
            var measured = counter.MeasureAsync(Count);
            await control.StartAsync(cancellationToken);
            return await measured;
        }
    }

    private static async Task<TimeSpan> ReadAsync(IEventStream stream, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var count = 0;
        await foreach (var e in stream.StreamAsync(Cursor.Empty, cancellationToken))
        {
            if (e.Type.Value != (count & 0xff))
            {
                throw new InvalidOperationException($"Event {e.Id} has type {e.Type}, not {count & 0xff}.");
            }

            if (++count == Count)
            {
                break;
            }
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
