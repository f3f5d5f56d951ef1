using Grpc.Net.Client;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Cursors;
using Reflex.Grpc;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class GrpcScenario : IScenario
{
    private const int Count = 1_000_000;

    // The plain server's last message stays unsent while it isn't full.
    private const int Spare = 2_000;
    private const int PerSecond = 1_000;
    private const int IdleStreams = 1_000;
    private const string Bare = "bare grpc";

    // Each waiting read is asked anew in the time.
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    public string Name => "grpc";

    public string Description => "reading, appending, latency and idle streams over gRPC; at least four minutes, whatever --seconds says";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await MeasureAsync(run, Durability.Flushed, withReads: true, cancellationToken);
        await MeasureAsync(run, Durability.Buffered, withReads: false, cancellationToken);
    }

    private static async Task MeasureAsync(Run run, Durability durability, bool withReads, CancellationToken cancellationToken)
    {
        var plan = new SiloPlan { Durability = durability, ServesGrpc = true };
        await using var silo = await MeasuredSilo.StartAsync(run.CreateFolder(), plan, cancellationToken);
        using var client = new ReflexGrpcClient(silo.GrpcUrl);
        using var channel = GrpcChannel.ForAddress(silo.GrpcUrl);
        var system = ReflexSystem.NameOf(durability);
        if (withReads)
        {
            await MeasureReadsAsync(run, system, silo, client, channel, cancellationToken);
        }

        await MeasureAppendsAsync(run, system, client, cancellationToken);
        await MeasureLatencyAsync(run, system, silo, client, cancellationToken);
        if (withReads)
        {
            await MeasureIdleAsync(run, system, silo, client, cancellationToken);
        }
    }

    private static async Task MeasureReadsAsync(
        Run run, string system, MeasuredSilo silo, ReflexGrpcClient client, GrpcChannel channel, CancellationToken cancellationToken)
    {
        const string Stream = "grpc-read";
        const string Figure = "read over gRPC from the first event";
        var raw = new Reflexpb.Reflex.ReflexClient(channel);
        var headers = new ReflexGrpcClientOptions { Headers = new Dictionary<string, string> { [GrpcStream.StreamHeader] = Stream } };
        var stream = await CreateAsync(client, Stream, cancellationToken);
        await Appending.FillAsync(new ReflexStream(stream), Count + Spare, cancellationToken);
        using var plain = new ReflexGrpcClient(silo.PlainUrl);
        using var plainChannel = GrpcChannel.ForAddress(silo.PlainUrl);
        (string Name, IMeasuredStream Stream)[] ways =
        [
            ("reflex.v1", new ReflexStream(stream)),
            ("reflexpb", new StreamedReflex(stream, GrpcStream.Of(channel.CreateCallInvoker(), Stream))),
            ("reflexpb, message objects", new StreamedReflex(stream, GrpcStream.From(raw.Stream, Stream, headers))),
            ("reflex.v1, the server's message objects", new StreamedReflex(stream, plain.GetStream(Stream).Partition(0))),
            ("reflexpb, the server's message objects", new StreamedReflex(stream, GrpcStream.Of(plainChannel.CreateCallInvoker(), Stream))),
        ];
        var rates = await Rounds.MeasureAsync(
            run, Figure, ways, way => way.Name, (way, _) => Reading.FromFirstAsync(way.Stream, Count, cancellationToken));
        foreach (var (way, rate) in ways.Zip(rates))
        {
            run.Report.Add(system, $"{Figure}, {way.Name}", rate, Report.EventsPerSecond);
        }
    }

    private static async Task MeasureAppendsAsync(Run run, string system, ReflexGrpcClient client, CancellationToken cancellationToken)
    {
        var stream = new ReflexStream(await CreateAsync(client, "grpc-append", cancellationToken));
        foreach (var callers in new[] { 64, 4096 })
        {
            var rates = await Rounds.MeasureAsync(
                run,
                "append over gRPC",
                [callers],
                count => $"{count} callers",
                (count, duration) => Appending.CallersAsync(stream, count, duration, null, cancellationToken));
            run.Report.Add(system, $"append over gRPC, {callers} callers waiting", rates[0], Report.EventsPerSecond);
        }
    }

    private static async Task MeasureLatencyAsync(
        Run run, string system, MeasuredSilo silo, ReflexGrpcClient client, CancellationToken cancellationToken)
    {
        const string Figure = "append to a gRPC client";
        using var bareChannel = GrpcChannel.ForAddress(silo.BareUrl);
        var ages = new Dictionary<string, List<TimeSpan>> { [system] = [], [Bare] = [] };
        for (var round = 0; round < Rounds.Count; round++)
        {
            Report.Progress($"{Figure}: round {round + 1} of {Rounds.Count}");
            var stream = new ReflexStream(await CreateAsync(client, $"grpc-paced-{round}", cancellationToken));
            ages[system].AddRange(await PacedAsync(stream, isLog: true));
            ages[Bare].AddRange(await PacedAsync(new BareStream(bareChannel), isLog: false));
        }

        foreach (var (name, times) in ages)
        {
            run.Report.AddLatencies(name, Figure, times);
        }

        run.Report.AddRatio(
            $"{system}, {Figure}, p50", Bare, Report.At(ages[system], 0.5).TotalMicroseconds, Report.At(ages[Bare], 0.5).TotalMicroseconds);

        Task<List<TimeSpan>> PacedAsync(IMeasuredStream stream, bool isLog) =>
            Reading.PacedAsync(stream, isLog, PerSecond, run.WarmUp, run.Duration / Rounds.Count, cancellationToken);
    }

    private static async Task MeasureIdleAsync(
        Run run, string system, MeasuredSilo silo, ReflexGrpcClient client, CancellationToken cancellationToken)
    {
        var stream = await CreateAsync(client, "grpc-idle", cancellationToken);
        await stream.AppendAsync(Workload.Event(0), cancellationToken);
        var probe = silo.Client.GetGrain<IProbeGrain>(0);
        Report.Progress($"{Idle.TotalSeconds} s without a stream");
        await probe.MeasureAsync();
        var (without, alone) = await Idling.MeasureAsync(probe, Idle, cancellationToken);
        Report.Progress($"{Idle.TotalSeconds} s with {IdleStreams} streams that wait at the head");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var readers = Enumerable.Range(0, IdleStreams)
            .Select(_ => stream.StreamAsync(Cursor.Empty, StreamOptions.Default, ending.Token).GetAsyncEnumerator(ending.Token)).ToArray();
        await Task.WhenAll(readers.Select(reader => reader.MoveNextAsync().AsTask()));
        var waiting = readers.Select(reader => reader.MoveNextAsync().AsTask()).ToArray();
        var (with, share) = await Idling.MeasureAsync(probe, Idle, cancellationToken);
        await ending.CancelAsync();
        await ((Task)Task.WhenAll(waiting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (heap, resident) = (with.HeapBytes - without.HeapBytes, with.ResidentBytes - without.ResidentBytes);
        run.Report.Add(system, "an idle gRPC stream, heap", (double)heap / IdleStreams, "bytes");
        run.Report.Add(system, "an idle gRPC stream, process", (double)resident / IdleStreams, "bytes");
        run.Report.Add(system, "silo without a stream", alone * 100, "% of a core");
        run.Report.Add(system, $"silo with {IdleStreams} idle gRPC streams", share * 100, "% of a core");
    }

    private static async Task<IEventStream> CreateAsync(ReflexGrpcClient client, string name, CancellationToken cancellationToken)
    {
        await client.DefineStreamAsync(new StreamDefinition(name, 1), cancellationToken);
        return client.GetStream(name);
    }
}
