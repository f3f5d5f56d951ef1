using System.Diagnostics.Metrics;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Cursors;
using Reflex.Events;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

/// <summary>Runs alone in its process, since it looks at the heap.</summary>
[Collection(nameof(DroppedStreamsTests))]
[CollectionDefinition(nameof(DroppedStreamsTests), DisableParallelization = true)]
public sealed class DroppedStreamsTests(Cluster cluster) : GrpcTest(cluster)
{
    private const int Dropped = 10_000;
    private const int Wave = 500;
    private const int Rounds = 3;

    // By then the pools of the server, the client and the cluster have what a wave needs.
    private const int WarmUp = 5_000;

    // An open stream takes 17 KB; a registration for its cancellation that stayed behind alone is more than this.
    private const int MostLeft = 200 * Dropped;

    [Fact]
    public async Task Streams_TenThousandOpenedAndDropped_LeaveNothing()
    {
        var idle = await Cluster.NewStreamAsync();
        var full = await Cluster.NewStreamAsync();
        var written = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(idle, 1);
        await Cluster.Client.GetStream(full).AppendAsync(
            [.. Enumerable.Range(1, 200).Select(i => new NewEvent(i, "") { Metadata = new byte[1000] })], Token);
        Faults.Sessions[$"{idle}/reader"] = new FakeSession(Cursor.Empty);
        using var requests = new OpenRequests(Server.Services.GetRequiredService<IMeterFactory>());
        Cluster.Logs.Clear();
        await OpenAndDropAsync(WarmUp);

        // What is left of streams grows with every ten thousand; the pools of three parties, now and then, with one of them.
        var growths = new List<long>();
        do
        {
            var before = await HeapAsync();
            await OpenAndDropAsync(Dropped);
            growths.Add(await HeapAsync() - before);
        }
        while (growths[^1] > MostLeft && growths.Count < Rounds);

        TestContext.Current.TestOutputHelper!.WriteLine($"bytes left of {Dropped} streams: {string.Join(", ", growths)}");
        Assert.InRange(growths[^1], long.MinValue, MostLeft);
        Assert.Empty(Cluster.Logs.GetSnapshot().Where(log => log.Level >= LogLevel.Error).Select(log => $"{log.Message} {log.Exception}"));

        async Task<long> HeapAsync()
        {
            // The ends of reads travel to the partition after the calls' ends, and its answer after them.
            await Cluster.Client.GetStream(idle).GetStatusAsync(Token);
            await Cluster.Client.GetStream(full).GetStatusAsync(Token);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        async Task OpenAndDropAsync(int count)
        {
            for (var opened = 0; opened < count; opened += Wave)
            {
                await DropAsync(Server.Address, idle, full, written);
                await requests.NoneAsync(Token);
                Assert.Empty(Server.Errors());
            }
        }
    }

    /// <summary>
    /// Opens streams on a connection, at the head and full of events that nobody reads, sessions and bulk appends among them, and drops
    /// them: some one by one, the rest with the connection.
    /// </summary>
    private static async Task DropAsync(Uri server, string idle, string full, string written)
    {
        using var channel = GrpcChannel.ForAddress(server);
        var streams = new V1.Streams.StreamsClient(channel);
        var reflexpb = new global::Reflexpb.Reflex.ReflexClient(channel);
        var calls = Enumerable.Range(0, Wave).Select(Open).ToArray();
        await Task.WhenAll(calls.Select(call => call.Accepted));
        foreach (var call in calls.Take(Wave / 2))
        {
            call.Call.Dispose();
        }

        (IDisposable Call, Task Accepted) Open(int i)
        {
            var stream = i % 4 < 2 ? idle : full;
            if (i % 10 == 0)
            {
                var appending = streams.AppendMany(cancellationToken: Token);
                var request = new V1.AppendRequest { Stream = written, Events = { new V1.NewEvent() } };
                return (appending, appending.RequestStream.WriteAsync(request));
            }

            if (i % 10 == 5)
            {
                var consuming = reflexpb.Consume(To(idle), cancellationToken: Token);
                return (consuming, consuming.RequestStream.WriteAsync(new global::Reflexpb.ConsumeRequest { ConsumerId = "reader" }));
            }

            if (i % 2 == 0)
            {
                var call = streams.Stream(new V1.StreamRequest { Stream = stream }, cancellationToken: Token);
                return (call, call.ResponseHeadersAsync);
            }

            var older = reflexpb.Stream(new global::Reflexpb.StreamRequest(), To(stream), cancellationToken: Token);
            return (older, older.ResponseHeadersAsync);
        }
    }

    /// <summary>Counts the requests that a server has not ended yet.</summary>
    private sealed class OpenRequests : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Lock _lock = new();
        private long _open;
        private TaskCompletionSource? _none;

        public OpenRequests(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.server.active_requests" && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Count(change));
            _listener.Start();
        }

        public Task NoneAsync(CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (_open == 0)
                {
                    return Task.CompletedTask;
                }

                _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _none.Task.WaitAsync(cancellationToken);
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Count(long change)
        {
            lock (_lock)
            {
                _open += change;
                if (_open == 0)
                {
                    _none?.TrySetResult();
                }
            }
        }
    }
}
