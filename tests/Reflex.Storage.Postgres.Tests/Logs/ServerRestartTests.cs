using System.Globalization;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>A server of its own, since it is killed.</summary>
public sealed class ServerRestartTests(PostgresServer shared) : IAsyncLifetime
{
    private readonly PostgresServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_BesideAServerThatIsKilled_LosesNothingAcknowledgedAndGoesOn()
    {
        await shared.CreateDatabaseAsync();
        await using var database = await TestDatabase.CreateAsync(_server);
        using var provider = database.Logs(database.One);
        var acknowledged = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            var log = await OpenAsync(provider);
            var killing = Task.CompletedTask;
            for (var i = 0; ; i++)
            {
                killing = i == 50 ? _server.KillAsync() : killing;
                try
                {
                    var foreignId = string.Create(CultureInfo.InvariantCulture, $"{round}-{i}");
                    await log.AppendAsync(foreignId);
                    acknowledged.Add(foreignId);
                }
                catch (LogFailedException)
                {
                    break;
                }
            }

            await killing;
            await Assert.ThrowsAnyAsync<LogFailedException>(async () => await provider.OpenAsync(Owners.Partition(0), Token));
            await _server.StartAsync();
        }

        var last = await OpenAsync(provider);
        var found = await last.ReadAllAsync();
        Assert.Equal(acknowledged, found.Where(acknowledged.Contains));
        Assert.InRange(found.Count - acknowledged.Count, 0, 3);
    }

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Connections from before the restart are found to be broken when they are used.</summary>
    internal static async Task<IEventLog> OpenAsync(PostgresLogProvider provider)
    {
        while (true)
        {
            try
            {
                return await provider.OpenAsync(Owners.Partition(0), Token);
            }
            catch (LogFailedException) when (!Token.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
