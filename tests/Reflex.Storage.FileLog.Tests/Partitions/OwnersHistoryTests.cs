using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>Owners of one log in two providers, as of two processes that don't see each other's lock, and readers of all of them.</summary>
public sealed class OwnersHistoryTests(ITestOutputHelper output)
{
    // REFLEX_OWNERS_SEED repeats a run.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("REFLEX_OWNERS_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(64)]
    [InlineData(16)]
    public async Task AnyHistoryOfOwnersAndReaders_ClaimsNothingThatWasNeverSo(int openFiles)
    {
        var (claims, refusals) = (0, 0);
        output.WriteLine($"seed {Seed}");
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var instruments = new PartitionInstruments(services.GetRequiredService<IMeterFactory>(), new CommitTimes(TimeProvider.System));
        var clock = new RetentionClock(TimeProvider.System, instruments, NullLogger<RetentionClock>.Instance);
        using var temp = new TempFolder();
        await using var first = await StartAsync(temp.Data, openFiles);
        File.Delete(Path.Combine(temp.Data, DataFolder.LockName));
        await using var second = await StartAsync(temp.Data, openFiles);
        for (var number = 0; number < 6; number++)
        {
            var (partition, opened) = (new PartitionId("orders", number), 0);
            var options = new PartitionLogOptions { MaxRecentBytes = number % 2 == 0 ? 0 : 5000 };
            var history = new OwnersHistory(
                Seed + number,
                () => PartitionLog.OpenAsync(Next().Provider, partition, options, TimeProvider.System, instruments, Token),
                owner => owner.TrimAsync(() => ValueTask.FromResult<Retention?>(new Retention { MaxBytes = 1 }), clock, Token),
                () => Next().DeleteAsync(partition));
            await history.RunAsync(Token);
            (claims, refusals) = (claims + history.Counts.Claims, refusals + history.Counts.Refusals);

            LogFixture Next() => opened++ % 2 == 0 ? first : second;
        }

        output.WriteLine($"{claims} claims, {refusals} refusals");
        Assert.True(claims > 100 && refusals > 100, $"{claims} claims, {refusals} refusals");
        Assert.Empty(first.Warnings.Concat(second.Warnings));
    }

    private static async Task<LogFixture> StartAsync(string data, int openFiles)
    {
        var fixture = new LogFixture(new DiskFileLayer(), data, options => options.MaxOpenFiles = openFiles);
        await fixture.Provider.StartAsync(Token);
        return fixture;
    }
}
