using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Silo.Tests.Support;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>Clients of gRPC whose server goes away and comes back, in order or killed.</summary>
public sealed class GrpcRestartTests(ITestOutputHelper output)
{
    private const int Restarts = 20;
    private const int Kills = Restarts / 2;
    private const int EventsPerRun = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_InTheMiddleOfAStreamAndASession_LeavesNoGapAndRepeatsOnlyWhatWasNotAcknowledged()
    {
        var ports = Ports.Free(4);
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        using var client = new ReflexGrpcClient(
            new Uri($"http://127.0.0.1:{ports[3]}"), new ReflexGrpcClientOptions { ReadRetryTimeout = TimeSpan.FromMinutes(2) });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reader = new Recorder();
        var consumer = new Recorder();
        var reading = Task.CompletedTask;
        var consuming = Task.CompletedTask;
        var appended = 0L;
        for (var restart = 0; restart <= Restarts; restart++)
        {
            await using var silo = StockSilo.Launch(folder, ports);
            await silo.Process.PrintsAsync("Reflex listens on");
            if (restart == 0)
            {
                await client.DefineStreamAsync(new StreamDefinition("restarts"), Token);
                reading = Task.Run(() => ReadAsync(client.GetStream("restarts"), reader, ending.Token), Token);
                consuming = Task.Run(
                    () => client.GetConsumable("restarts").RunForeverAsync(
                        consumer, new ConsumerOptions("worker"), cancellationToken: ending.Token),
                    Token);
            }

            for (var target = appended + EventsPerRun; appended < target;)
            {
                appended = await AppendAsync(client.GetStream("restarts"), appended);
            }

            // Each goes away while events are on their way to both.
            await reader.ReachesAsync(appended - (EventsPerRun / 2), reading);
            await consumer.ReachesAsync(appended - (EventsPerRun / 2), consuming);
            if (restart < Restarts && restart % 2 == 0)
            {
                await silo.Process.TerminateAsync();
            }
            else if (restart == Restarts)
            {
                await reader.ReachesAsync(appended, reading);
                await consumer.ReachesAsync(appended, consuming);
            }
        }

        await ending.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await consuming;
        Assert.Equal(Enumerable.Range(1, (int)appended).Select(i => (long)i), reader.Ids);
        var (returns, repeats) = consumer.RequireNoGap(appended);
        output.WriteLine($"{appended} events, {Kills} kills, {Restarts - Kills} stops: {repeats} events came again to the consumer.");

        // A kill costs what wasn't stored yet, a stop nothing.
        Assert.InRange(returns, 0, Kills);
        Assert.InRange(repeats, 0, Kills * EventsPerRun);
    }

    /// <summary>Appends an event; answers its id, or the last one's when the server isn't reached yet.</summary>
    private static async Task<long> AppendAsync(IEventStream stream, long last)
    {
        try
        {
            return (await stream.AppendAsync(new NewEvent(1, "a"), Token)).Id.Value;
        }
        catch (ClusterUnavailableException)
        {
            return last;
        }
    }

    /// <summary>A reading that a stopping server ends goes on from its last cursor, as its users write it.</summary>
    private static async Task ReadAsync(IEventStream stream, Recorder recorder, CancellationToken cancellationToken)
    {
        var cursor = Cursor.Empty;
        while (true)
        {
            try
            {
                await foreach (var e in stream.StreamAsync(cursor, StreamOptions.Default, cancellationToken))
                {
                    await recorder.ConsumeAsync(e, cancellationToken);
                    cursor = e.Cursor;
                }
            }
            catch (StreamStoppedException)
            {
                // Elsewhere, or here when it is back.
            }
        }
    }
}
