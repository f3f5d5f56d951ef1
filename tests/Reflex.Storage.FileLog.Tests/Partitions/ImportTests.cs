using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class ImportTests
{
    private const long Epoch = 50;

    private readonly SimulatedDisk _disk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_BatchOfAnImportIsTornAndALaterOneWhole_GoesOnBeforeTheTornOne()
    {
        var first = Seal(1);
        var torn = Seal(2);
        var whole = Seal(3);
        await using (var fixture = new LogFixture(_disk, "/data"))
        {
            await BeginAsync(fixture, 0);
            await (await fixture.OpenAsync()).ImportAsync([first]);
            using var file = _disk.Open(fixture.Segment(1), FileOpening.Write);
            file.Write(whole.Bytes.Span, 64 + first.Bytes.Length + torn.Bytes.Length);
        }

        await using var later = new LogFixture(_disk, "/data");
        await using var log = await later.OpenAsync();

        await LogAssert.HoldsAsync(log, [first]);
        await log.ImportAsync([torn, whole]);
        await LogAssert.HoldsAsync(log, [first, torn, whole]);
    }

    [Fact]
    public async Task BeginAsync_PowerCutAtAnyCall_LeavesALogThatCanBegin()
    {
        for (var call = 0; call < 80; call++)
        {
            var disk = new SimulatedDisk();
            await using (var fixture = new LogFixture(disk, "/data"))
            {
                await BeginAsync(fixture, 70);
                var first = disk.Calls + call;
                disk.Fault = (number, _) => number >= first ? SimulatedDisk.InputOutputError : null;
                try
                {
                    await BeginAsync(fixture, 40);
                }
                catch (LogFailedException)
                {
                    // As a power cut there would.
                }
            }

            await using var later = new LogFixture(disk.CutPower(new Random(call)), "/data");
            await using (var log = await later.OpenAsync())
            {
                Assert.Contains(log.Bounds.Head.Value, new List<long> { 0, 40, 70 });
            }

            await BeginAsync(later, 40);
            await using var begun = await later.OpenAsync();
            Assert.Equal(40, begun.Bounds.Head.Value);
            await begun.ImportAsync([Seal(41)]);
        }
    }

    private static async Task BeginAsync(LogFixture fixture, long after)
    {
        await fixture.Provider.StartAsync(Token);
        var start = new LogStart(
            new EventId(after), after > 0 ? Epoch : 0, after > 0 ? TestBatch.Start : DateTimeOffset.UnixEpoch, Epoch);
        await fixture.Provider.BeginAsync(LogFixture.Partition, start, Token);
    }

    private static EventBatch Seal(long id) =>
        TestBatch.Seal(new EventId(id), 1, 20, Epoch, new EventId(id - 1), TestBatch.Start);
}
