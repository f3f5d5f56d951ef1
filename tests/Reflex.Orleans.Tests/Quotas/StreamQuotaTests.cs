using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Quotas;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Quotas;

/// <summary>Streams that may store so much and no more.</summary>
public sealed class StreamQuotaTests
{
    private const int Bytes = 20_000;

    private static readonly NewEvent Kilobyte = new(1, "a") { Metadata = new byte[1000] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_OverTheQuota_IsRefusedUntilRetentionHasMadeRoom()
    {
        StreamName name = "small";
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream(name),
            options: reflex => reflex.MaintenanceInterval = TimeSpan.FromSeconds(1),
            services: services => services.Configure<StreamQuotaOptions>(quotas => quotas.Streams[name.Value] = Bytes));
        var stream = silo.Reflex.GetStream(name);

        var (appended, refused) = await FillAsync(stream);

        Assert.InRange(appended, 10, Bytes / 1000);
        Assert.Equal((new PartitionId(name, 0), Bytes, true), (refused.Partition, refused.Limit, refused.IsTransient));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.Equal(
            $"The partition small/0 stores {refused.Stored} bytes of the {Bytes} that it may, and nothing was appended: try again in 1 s, "
            + "or have its retention keep less, or its quota allow more.",
            refused.Message);
        var status = await stream.GetStatusAsync(Token);
        Assert.Equal(appended, status.Partitions[0].Head.Value);
        Assert.Equal((refused.Stored, true), (status.Partitions[0].Bytes, status.Partitions[0].Bytes <= Bytes));

        // What is there is read as ever.
        Assert.Equal(appended, (await stream.ToHeadAsync()).Count);

        await silo.Reflex.DefineStreamAsync(new StreamDefinition(name, retention: new Retention { MaxAge = TimeSpan.FromTicks(1) }), Token);
        var position = await Asking.AgainAsync(() => stream.AppendAsync(Kilobyte, Token));
        Assert.Equal(appended + 1, position.Id.Value);
    }

    [Fact]
    public async Task Append_WhileOthersAreBeingWritten_CountsThem()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var quotas = Create(partition.Meters, options => options.MaxStreamBytes = 4 * 3 * OneBytes());
        partition.Log.LimitTo(quotas, partitions: 4);
        var gate = partition.Script.BeforeStore = new Gate();
        var writing = partition.AppendAsync();
        await gate.Arrived;
        var waiting = new[] { partition.AppendAsync(), partition.AppendAsync() };

        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => partition.AppendAsync());

        Assert.Equal((3 * OneBytes(), 3 * OneBytes()), (error.Limit, error.Stored));
        gate.Open();
        await Task.WhenAll([writing, .. waiting]);
        await Assert.ThrowsAsync<QuotaExceededException>(() => partition.AppendAsync());
        Assert.Equal([1, 2, 3], await partition.ReadIdsAsync(null));
    }

    [Fact]
    public async Task Append_LargerThanTheWholeQuota_IsNotToBeTriedAgain()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var quotas = Create(partition.Meters, options => options.MaxStreamBytes = OneBytes());
        partition.Log.LimitTo(quotas, partitions: 1);

        var error = await Assert.ThrowsAsync<EventTooLargeException>(() => partition.AppendAsync(2));

        Assert.False(error.IsTransient);
        Assert.Equal(OneBytes(), error.Limit);
        Assert.Equal(1, (await partition.AppendAsync()).Value);
    }

    [Fact]
    public async Task Used_OfAStreamWithAQuota_IsThatOfItsFullestPartitionHere()
    {
        var meters = new TestMeters();
        using var quotas = Create(meters, options =>
        {
            options.MaxStreamBytes = 1000;
            options.Streams["payments"] = 100;
        });
        using var used = new MetricCollector<double>(meters, ReflexDiagnostics.MeterName, "reflex.quota.used");
        using var first = quotas.Begin(new PartitionId("orders", 0), 4, () => 50);
        using var payments = quotas.Begin(new PartitionId("payments", 0), 1, () => 100);
        var fullest = quotas.Begin(new PartitionId("orders", 1), 4, () => 200);

        Assert.Equal([("orders", 0.8), ("payments", 1)], Collect());
        fullest!.Dispose();
        Assert.Equal([("orders", 0.2), ("payments", 1)], Collect());
        await Task.CompletedTask;

        List<(string, double)> Collect()
        {
            used.Clear();
            used.RecordObservableInstruments();
            return [.. used.GetMeasurementSnapshot().Select(m => ((string)m.Tags["stream"]!, m.Value)).Order()];
        }
    }

    [Fact]
    public void Begin_StreamWithoutAQuota_HasNone()
    {
        using var quotas = Create(new TestMeters(), options => options.Streams["payments"] = 100);

        Assert.Null(quotas.Begin(new PartitionId("orders", 0), 1, () => 0));
    }

    [Fact]
    public async Task Start_FaultyOptions_NamesEveryFault()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestSilo.StartAsync(
            _ => { },
            services: services => services.Configure<StreamQuotaOptions>(options =>
            {
                options.MaxStreamBytes = 0;
                options.Streams["orders"] = -1;
                options.Streams["no name"] = 1;
            })));

        Assert.Equal(
            [
                "StreamQuotaOptions.MaxStreamBytes is 0; it must be greater than zero, or not set.",
                "StreamQuotaOptions.Streams[orders] is -1; it must be greater than zero.",
            ],
            error.Failures.Take(2));
        Assert.StartsWith("StreamQuotaOptions.Streams[no name]: ", error.Failures.Last(), StringComparison.Ordinal);
    }

    private static long OneBytes() => Batches.Append(1, 1).Sum(batch => batch.Length);

    private static StreamQuotas Create(TestMeters meters, Action<StreamQuotaOptions> configure)
    {
        var options = new StreamQuotaOptions();
        configure(options);
        return new StreamQuotas(Options.Create(options), Options.Create(new ReflexOptions()), meters);
    }

    private static async Task<(int Appended, QuotaExceededException Refused)> FillAsync(IEventStream stream)
    {
        for (var appended = 0; ; appended++)
        {
            try
            {
                await stream.AppendAsync(Kilobyte, Token);
            }
            catch (QuotaExceededException error)
            {
                return (appended, error);
            }
        }
    }
}
