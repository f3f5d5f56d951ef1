using System.Diagnostics;
using System.Net;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Crash.Tests;

public sealed class FullDiskTests(ITestOutputHelper output)
{
    // It takes a second; a busy machine may take many.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A silo whose disk is full, logs and cursors alike: it says 507, and goes on by itself when there is room.</summary>
    [Fact]
    public async Task DiskFull_Says507AndServesAgainWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(kib: 4096);
        var folder = Directory.CreateTempSubdirectory("reflex-full-").FullName;
        var acknowledged = new Acknowledged();
        using (var silo = await KilledSilo.StartAsync(folder, TestContext.Current.CancellationToken, Path.Combine(disk.Path, "data")))
        {
            Assert.Equal(HttpStatusCode.Created, await acknowledged.AppendAsync(silo.Client));
            await SiloLog.ConsumedAsync(silo.Client);
            disk.Fill(leftKib: 200);
            var refusals = 0;
            var filled = Stopwatch.GetTimestamp();
            while (refusals < 20)
            {
                Assert.True(Stopwatch.GetElapsedTime(filled) < Patience, $"The disk is full and only {refusals} answers said so.");
                var answer = Assert.NotNull(await acknowledged.AppendAsync(silo.Client, metadataLength: 5000));
                refusals += answer == HttpStatusCode.InsufficientStorage ? 1 : 0;
                Assert.Contains(answer, new[]
                {
                    HttpStatusCode.Created, HttpStatusCode.InsufficientStorage, HttpStatusCode.ServiceUnavailable,
                });
            }

            var whileFull = acknowledged.Events.Count;
            disk.FreeRoom();
            var tries = 0;
            var freed = Stopwatch.GetTimestamp();
            for (var answer = default(HttpStatusCode?); answer != HttpStatusCode.Created; tries++)
            {
                Assert.True(Stopwatch.GetElapsedTime(freed) < Patience, $"There is room, and the last answer is {answer}.");
                answer = await acknowledged.AppendAsync(silo.Client);
            }

            for (var more = 0; more < 20; more++)
            {
                Assert.Equal(HttpStatusCode.Created, await acknowledged.AppendAsync(silo.Client));
            }

            await SiloLog.ConsumedAsync(silo.Client);
            SiloLog.Verify(await SiloLog.ReadAsync(silo.Client), acknowledged);
            output.WriteLine($"{whileFull} events until it was full, {tries} tries until it served again");
            await silo.TerminateAsync();
        }

        // The cursors are on that disk too, and they are right.
        using (var again = await KilledSilo.StartAsync(folder, TestContext.Current.CancellationToken, Path.Combine(disk.Path, "data")))
        {
            Assert.Equal(HttpStatusCode.Created, await acknowledged.AppendAsync(again.Client));
            await SiloLog.ConsumedAsync(again.Client);
            var log = await SiloLog.ReadAsync(again.Client);
            await again.TerminateAsync();
            SiloLog.Verify(log, acknowledged);

            // Both silos were stopped in order.
            Assert.DoesNotContain(Handled.Verify(KilledSilo.HandledPath(folder), log, new HashSet<int>()), count => count > 0);
        }

        Directory.Delete(folder, recursive: true);
    }
}
