using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Hosting;

public sealed class ReflexSiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithAnotherPartitionCount_IsRefusedNamingBoth()
    {
        var data = new TestData();
        await using (await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 4), data))
        {
        }

        var error = await Assert.ThrowsAsync<StreamConflictException>(
            () => TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 8), data));

        Assert.Contains("4 partitions but 8", error.Message, StringComparison.Ordinal);
        await using var again = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 4), data);
        Assert.Equal(4, Assert.Single(await again.Reflex.ListStreamsAsync(Token)).Partitions);
    }

    [Fact]
    public async Task Start_WithAnotherRetention_ChangesTheStoredOneWhichAStartThatNamesNoneKeeps()
    {
        var data = new TestData();
        var week = new Retention { MaxAge = TimeSpan.FromDays(7) };
        var day = new Retention { MaxAge = TimeSpan.FromDays(1), MaxBytes = 1_000_000 };

        Assert.Equal(week, await StartAsync(week));
        Assert.Equal(day, await StartAsync(day));
        Assert.Equal(day, await StartAsync(null));
        await Assert.ThrowsAsync<StreamConflictException>(
            () => TestSilo.StartAsync(reflex => reflex.AddStream("orders", 8, week), data));
        Assert.Equal(day, await StartAsync(null));
        Assert.Equal(Retention.Forever, await StartAsync(Retention.Forever));

        async Task<Retention> StartAsync(Retention? retention)
        {
            await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", 4, retention), data);
            var stored = Assert.Single(await silo.Reflex.ListStreamsAsync(Token));

            // What the silo itself takes for the stream since its start.
            Assert.Equal(stored, await silo.Services.GetRequiredService<StreamDirectory>().GetAsync("orders", Token));
            return stored.Retention;
        }
    }

    [Fact]
    public async Task DefineStreamAsync_Again_AnswersFalseAndChangesTheRetentionOnly()
    {
        await using var silo = await TestSilo.StartAsync(_ => { });
        using var client = await silo.ConnectAsync();
        var reflex = client.Services.GetRequiredService<IReflexClient>();
        var definition = new StreamDefinition("orders", 4, new Retention { MaxAge = TimeSpan.FromDays(7), MaxBytes = 1_000_000 });

        Assert.True(await reflex.DefineStreamAsync(definition, Token));
        Assert.False(await reflex.DefineStreamAsync(definition, Token));
        Assert.Equal(definition, Assert.Single(await reflex.ListStreamsAsync(Token)));

        var count = await Assert.ThrowsAsync<StreamConflictException>(
            () => reflex.DefineStreamAsync(new StreamDefinition("orders", 8, definition.Retention), Token));
        Assert.Equal((4, 8), (count.StoredPartitions, count.RequestedPartitions));
        Assert.False(await reflex.DefineStreamAsync(new StreamDefinition("orders", 4), Token));
        Assert.Equal(new StreamDefinition("orders", 4), (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Definition);
    }

    [Fact]
    public async Task Start_WithoutAStorage_NamesTheMethodToCall()
    {
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(
            reflex => reflex.Services.Remove(reflex.Services.Single(s => s.ServiceType == typeof(IEventLogProvider)))));

        Assert.Contains("UseFileLog", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task Start_WithoutAGrainStorage_NamesTheWays(string environment)
    {
        // Where one develops, the host looks at every service before anything else does.
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IEventLogProvider>(new MemoryEventLogProvider());
        builder.UseOrleans(silo => silo.UseLocalhostClustering(Ports.Free(), Ports.Free()).AddReflex(_ => { }));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync(Token));

        Assert.Equal(
            "Reflex has no storage for cursors and stream definitions: choose the embedded one in AddReflex, reflex.UseSqliteState(), or "
            + "register a grain storage of Orleans' named 'reflex', such as the one for Redis.",
            error.Message);
    }

    [Fact]
    public async Task Start_WithBadOptions_ReportsAllOfThem()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestSilo.StartAsync(_ => { }, options: options =>
        {
            options.MaxEventBytes = 0;
            options.MaxWaitingBytes = 0;
            options.MaxSharedBytes = -1;
            options.PageBytes = -1;
            options.DrainTimeout = TimeSpan.FromDays(1);
            options.MaxStreams = 0;
            options.MaxPartitions = 0;
            options.MaxOutsideConsumersPerStream = 0;
            options.MaxOutsideConsumers = 1_000_001;
        }));

        Assert.Equal(9, error.Failures.Count());
        Assert.Contains("ReflexOptions.MaxWaitingBytes is 0; it must be from 1 to 2147483647.", error.Failures);
        Assert.Contains("ReflexOptions.MaxSharedBytes is -1; it must be from 0 to 9223372036854775807.", error.Failures);
        Assert.Contains("ReflexOptions.MaxOutsideConsumers is 1000001; it must be from 1 to 1000000.", error.Failures);
    }

    [Fact]
    public async Task Start_WithAConsumerRegisteredTwice_IsRefused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestSilo.StartAsync(reflex => reflex
            .AddConsumer<SeeingConsumer>("printer", "orders")
            .AddConsumer<OtherConsumer>("printer", "orders")));

        Assert.Contains("orders/printer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddConsumer_ToHead_IsRefused()
    {
        var builder = new ReflexTestBuilder();

        Assert.Throws<ArgumentException>(() => builder.AddConsumer<SeeingConsumer>(
            "printer", "orders", options => options with { Streaming = new StreamOptions { ToHead = true } }));
    }

    [Fact]
    public async Task Start_WhenTheStorageRefuses_FailsWithItsSentence()
    {
        var error = await Assert.ThrowsAsync<StorageRefusedException>(
            () => TestSilo.StartAsync(reflex => reflex.Services.AddSingleton<IEventLogProvider>(new RefusingProvider())));

        Assert.Equal("held by somebody", error.Message);
    }

    [Fact]
    public async Task Stop_WithReadersAtTheHead_EndsThemAsStopped()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        await using var reader = stream.StreamAsync("1", Token).GetAsyncEnumerator(Token);
        var waiting = reader.MoveNextAsync();

        await silo.StopAsync();

        await Assert.ThrowsAsync<StreamStoppedException>(() => waiting.AsTask());
        Assert.DoesNotContain(silo.Logs.GetSnapshot(), log => log.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Consumers_OfTheSameNameOnTwoStreams_AreTwo()
    {
        var seen = new Seen();
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddStream("payments")
                .AddConsumer<SeeingConsumer>("printer", "orders")
                .AddConsumer<SeeingConsumer>("printer", "payments"),
            services: services => services.AddSingleton(seen));

        await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);
        await silo.Reflex.GetStream("payments").AppendAsync([new NewEvent(2, "b"), new NewEvent(2, "c")], Token);
        await seen.ReachesAsync(3);

        Assert.Equal(
            [new ConsumerId("orders", "printer"), new ConsumerId("payments", "printer")], await silo.Reflex.ListConsumersAsync(Token));
    }
}
