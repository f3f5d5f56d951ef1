using System.Globalization;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Copying;

/// <summary>Copies on a real disk, again and again, of logs that are appended to, trimmed and opened anew as fast as they can be.</summary>
public sealed class CopyUnderLoadTests(ITestOutputHelper output) : IDisposable
{
    private const int Copies = 40;
    private const int Partitions = 4;

    // REFLEX_CRASH_SEED repeats what is done, though not when.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("REFLEX_CRASH_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();

    private readonly TempFolder _temp = new();
    private readonly long[] _acknowledged = new long[Partitions];
    private volatile bool _isEnough;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Copy_UnderLoad_IsSoundAndHoldsWhatWasAcknowledgedBefore()
    {
        output.WriteLine($"seed {Seed}");
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data, options => options.SegmentSizeBytes = 32 * 1024);
        await fixture.Provider.StartAsync(TestContext.Current.CancellationToken);
        var loads = Enumerable.Range(0, Partitions).Select(index => Task.Run(() => LoadAsync(fixture, index))).ToArray();
        long events = 0;
        for (var i = 0; i < Copies; i++)
        {
            var target = Path.Combine(_temp.Path, $"copy-{i}");
            long[] before = [.. _acknowledged.Select((_, index) => Volatile.Read(ref _acknowledged[index]))];
            using (var copy = DataFolderCopy.Begin(_temp.Data, target))
            {
                await copy.CopyLogsAsync(cancellationToken: TestContext.Current.CancellationToken)
                    .ToListAsync(TestContext.Current.CancellationToken);
                copy.Finish();
            }

            await foreach (var found in new FileLogVerifier(target).VerifyAsync(cancellationToken: TestContext.Current.CancellationToken))
            {
                Assert.Empty(found.Findings);
                Assert.True(found.Head.Value >= before[found.Partition.Index], $"{found.Partition} ends with {found.Head}");
                events += found.Events;
            }

            Directory.Delete(target, recursive: true);
        }

        _isEnough = true;
        await Task.WhenAll(loads);
        output.WriteLine($"{Copies} copies with {events} events, while {_acknowledged.Sum()} were appended");
    }

    private async Task LoadAsync(LogFixture fixture, int index)
    {
        var random = new Random(Seed + index);
        var log = await fixture.OpenAsync(new PartitionId("orders", index));
        while (!_isEnough)
        {
            switch (random.Next(40))
            {
                case 0:
                    await log.DisposeAsync();
                    log = await fixture.OpenAsync(new PartitionId("orders", index));
                    break;
                case 1:
                    await log.TrimToEndAsync(new Retention { MaxBytes = random.Next(1, 300_000) }, TestBatch.Start);
                    break;
                case 2 when random.Next(4) == 0:
                    await log.TrimToEndAsync(new Retention { MaxAge = TimeSpan.FromDays(1) }, TestBatch.Start.AddDays(2));
                    break;
                default:
                    await log.AppendAsync(TestBatch.Append(log, random.Next(1, 5), random.Next(2_000), batches: random.Next(1, 6)));
                    Volatile.Write(ref _acknowledged[index], log.Bounds.Head.Value);
                    break;
            }
        }

        await log.DisposeAsync();
    }
}
