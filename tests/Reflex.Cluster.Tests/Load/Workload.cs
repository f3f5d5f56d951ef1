using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cluster.Tests.History;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>All appenders and readers, and what follows the consumers.</summary>
internal sealed class Workload : IAsyncDisposable
{
    public const string Stream = "orders";
    public const int Partitions = 4;

    public static readonly IReadOnlyList<string> ConsumerNames = ["class", "grain"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Of a cursor, with everything else on two cores; 250 ms were seen.
    private static readonly TimeSpan StoringTime = TimeSpan.FromSeconds(1);

    private readonly ChaosCluster _cluster;
    private readonly GrpcClients _grpc = new();
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { ConnectTimeout = Patience }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly IHost _orleans;
    private readonly CancellationTokenSource _appending = new();
    private readonly CancellationTokenSource _following = new();
    private readonly List<Appender> _appenders = [];
    private readonly List<Reader> _readers = [];
    private readonly List<OutsideConsumer> _outside = [];
    private readonly CursorSampler _cursors;
    private List<Task> _appendingTasks = [];
    private List<Task> _followingTasks = [];

    private Workload(ChaosCluster cluster, IHost orleans)
    {
        _cluster = cluster;
        _orleans = orleans;
        _cursors = new CursorSampler(cluster.Database);
        var client = orleans.Services.GetRequiredService<IReflexClient>();
        AddAppenders(new GrpcAppending(_grpc), new HttpAppending(_http), new OrleansAppending(client));
        var all = Enumerable.Range(0, Partitions);
        AddReader("grpc", all, new GrpcReading(_grpc));
        AddReader("sse", all, new ServerSentReading(_http));
        AddReader("lines", all, new LinesReading(_http));
        AddReader("orleans", all, new OrleansReading(client));
        AddReader("stock", [0], new StockReading(_grpc, 0));
        AddOutside("outside-grpc", _grpc.ClientOf);
        AddOutside("outside-orleans", _ => client);
        foreach (var name in ConsumerNames)
        {
            foreach (var partition in all)
            {
                Progress.AddFollower(new Follower(Role.Consumer, name, partition));
            }
        }
    }

    public Progress Progress { get; } = new(Partitions);

    public FailureCounts Failures { get; } = new();

    public int Acknowledged => _appenders.Sum(appender => appender.Appended.Acknowledged);

    public static async Task<Workload> StartAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UsePostgresClustering(cluster.Postgres)
            .AddReflexClient()
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = Patience));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var workload = new Workload(cluster, host);
        workload._appendingTasks = [.. workload._appenders.Select(one => one.RunAsync(workload._appending.Token))];
        var stopping = workload._following.Token;
        workload._followingTasks =
        [
            .. workload._readers.Select(reader => reader.RunAsync(stopping)),
            .. workload._outside.Select(consumer => consumer.RunAsync(stopping)),
            new LedgerTail(cluster.Lives, workload.Progress).RunAsync(stopping),
            workload._cursors.RunAsync(stopping),
        ];
        return workload;
    }

    /// <summary>Ends all appends, waits until all readers and consumers are at the end of the log, and answers what happened.</summary>
    public async Task<RecordedRun> EndAsync(IReadOnlyList<RecordedFault> faults, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _appending.CancelAsync();
        await Task.WhenAll(_appendingTasks).WaitAsync(limit, cancellationToken);
        List<SeenEvent> log;
        do
        {
            log = await ReadLogAsync(cancellationToken);
            var heads = Enumerable.Range(0, Partitions).Select(partition => log.LongCount(e => e.Partition == partition)).ToList();
            await Progress.ReachAsync(heads, limit, cancellationToken);
        }
        while ((await ReadLogAsync(cancellationToken)).Count > log.Count); // An append may end after its caller has given it up.

        await _following.CancelAsync();
        await Task.WhenAll(_followingTasks).WaitAsync(limit, cancellationToken);
        return new RecordedRun
        {
            Partitions = Partitions,
            Answers = _appenders.SelectMany(appender => appender.Appended.Answers()),
            Log = log,
            Readers = _readers.ToDictionary(reader => reader.Name, reader => reader.Seen.Read()),
            OnlyPartitions = new Dictionary<string, int> { ["stock"] = 0 },
            Consumers = ConsumerNames.ToDictionary(
                name => name, IEnumerable<HandledEvent> (name) => Ledgers.Read(_cluster.Lives.All, name)),
            Sessions = _outside.ToDictionary(consumer => consumer.Name, IEnumerable<HandledEvent> (consumer) => consumer.Handled),
            Moves = _cursors.Moves,
            Faults = faults,
            StoringTime = StoringTime,
            Killed = _cluster.Lives.All.Where(life => life.Ending == SiloEnding.Killed)
                .ToDictionary(life => life.Number, life => life.EndedAt),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _appending.CancelAsync();
        await _following.CancelAsync();
        await Task.WhenAll([.. _appendingTasks, .. _followingTasks]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _readers.ForEach(reader => reader.Dispose());
        _grpc.Dispose();
        _http.Dispose();
        using var impatient = new CancellationTokenSource(Patience);
        await _orleans.StopAsync(impatient.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _orleans.Dispose();
        _appending.Dispose();
        _following.Dispose();
    }

    private void AddAppenders(IAppending grpc, IAppending http, IAppending orleans)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            AddAppender("grpc", partition, grpc, batch: 1, underWay: 1, milliseconds: 50);
            AddAppender("grpc-unawaited", partition, grpc, batch: 1, underWay: 16, milliseconds: 20);
            AddAppender("http", partition, http, batch: 1, underWay: 1, milliseconds: 100);
            AddAppender("http-lines", partition, http, batch: 8, underWay: 1, milliseconds: 200);
            AddAppender("orleans", partition, orleans, batch: 1, underWay: 1, milliseconds: 50);
            AddAppender("orleans-unawaited", partition, orleans, batch: 4, underWay: 16, milliseconds: 100);
        }
    }

    private void AddAppender(string name, int partition, IAppending way, int batch, int underWay, int milliseconds) =>
        _appenders.Add(
            new Appender(name, _appenders.Count, partition, way, new Silos(_cluster, _appenders.Count), Progress, Failures)
            {
                Batch = batch,
                UnderWay = underWay,
                Period = TimeSpan.FromMilliseconds(milliseconds),
            });

    private void AddReader(string name, IEnumerable<int> partitions, IReading way) => _readers.Add(new Reader(
        name,
        partitions,
        way,
        new Silos(_cluster, _readers.Count),
        new SeenEvents(Path.Combine(_cluster.Folder, $"{name}.seen")),
        Progress,
        Failures));

    private void AddOutside(string name, Func<SiloPlace, IReflexClient> clientOf) => _outside.Add(
        new OutsideConsumer(name, clientOf, new Silos(_cluster, _outside.Count), Progress, Failures));

    /// <summary>Reads the whole log, each partition in its order.</summary>
    private async Task<List<SeenEvent>> ReadLogAsync(CancellationToken cancellationToken)
    {
        var log = new List<SeenEvent>();
        var stream = _grpc.ClientOf(_cluster.Slots[0].Place).GetStream(Stream);
        for (var partition = 0; partition < Partitions; partition++)
        {
            try
            {
                var options = new StreamOptions { ToHead = true };
                await foreach (var e in stream.Partition(partition)(Cursors.Cursor.Empty, options, cancellationToken))
                {
                    log.Add(ReadEvents.Of(e).Event);
                }
            }
            catch (HeadReachedException)
            {
                // The end of a stream is told so.
            }
        }

        return log;
    }
}
