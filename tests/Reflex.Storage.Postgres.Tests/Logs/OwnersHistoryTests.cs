using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>Owners of one log in two silos, and readers of all of them.</summary>
public sealed class OwnersHistoryTests(PostgresServer server, ITestOutputHelper output)
{
    // REFLEX_OWNERS_SEED repeats a run.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("REFLEX_OWNERS_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task AnyHistoryOfOwnersAndReaders_ClaimsNothingThatWasNeverSo(int maxRecentBytes)
    {
        output.WriteLine($"seed {Seed}");
        await using var database = await TestDatabase.CreateAsync(server);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var instruments = new PartitionInstruments(services.GetRequiredService<IMeterFactory>(), new CommitTimes(TimeProvider.System));
        var clock = new RetentionClock(TimeProvider.System, instruments, NullLogger<RetentionClock>.Instance);
        using var first = database.Logs(database.One);
        using var second = database.Logs(database.Other);
        var (claims, refusals) = (0, 0);
        for (var number = 0; number < 3; number++)
        {
            var (partition, opened) = (new PartitionId("orders", number), 0);
            var history = new OwnersHistory(
                Seed + number,
                () => PartitionLog.OpenAsync(
                    Next(),
                    partition,
                    new PartitionLogOptions { MaxRecentBytes = maxRecentBytes },
                    TimeProvider.System,
                    instruments,
                    Token),
                owner => owner.TrimAsync(() => ValueTask.FromResult<Retention?>(new Retention { MaxBytes = 1 }), clock, Token),
                async () =>
                {
                    var provider = Next();
                    await provider.DeleteAsync(partition, await provider.GetEpochAsync(partition, Token), Token);
                });
            await history.RunAsync(Token);
            (claims, refusals) = (claims + history.Counts.Claims, refusals + history.Counts.Refusals);

            PostgresLogProvider Next() => opened++ % 2 == 0 ? first : second;
        }

        output.WriteLine($"{claims} claims, {refusals} refusals");
        Assert.True(claims > 100 && refusals > 100, $"{claims} claims, {refusals} refusals");
    }
}
