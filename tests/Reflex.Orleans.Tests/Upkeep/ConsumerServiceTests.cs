using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Upkeep;

/// <summary>How often a silo asks for its consumers while it isn't answered.</summary>
public sealed class ConsumerServiceTests : IAsyncLifetime
{
    // Between two of them a silo has time for thousands of calls without a pause, far fewer than it makes with them.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly Fault _fault;
    private TestSilo _silo = null!;

    public ConsumerServiceTests() => _fault = new Fault(_time);

    public async ValueTask InitializeAsync()
    {
        var seen = new Seen();
        _silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"),
            options: options => options.RetryBackoff = new()
            {
                Initial = TimeSpan.FromSeconds(1),
                Longest = TimeSpan.FromSeconds(10),
                Jitter = 0,
            },
            services: services =>
            {
                services.AddSingleton(seen);
                services.AddSingleton<IIncomingGrainCallFilter>(_fault);
                services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, _time);
            });
        await ConsumerSilo.AppendAsync(_silo, 1);
        await seen.ReachesAsync(1);

        // Until then a silo that has come is looked at more often.
        await PassAsync(TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task WhileTheCatalogIsAway_AsksAfterGrowingPausesAndGoesOnWhenItIsBack()
    {
        _fault.Begin(nameof(ICatalogGrain.RunConsumersAsync), TimeSpan.Zero);
        await PassAsync(TimeSpan.FromMinutes(3));

        // At the latest a minute after the last answer, then after 1, 2, 4, 8, 10, 10, … seconds.
        Assert.InRange(_fault.Calls, 10, 22);

        _fault.End();
        await PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(1, _fault.Calls);
    }

    [Fact]
    public async Task WhileACallFailsThatTakesLongerThanAPause_CallsAfterGrowingPauses()
    {
        _fault.Begin(nameof(IConsumerGrain.EnsureRunningAsync), TimeSpan.FromSeconds(2));
        await PassAsync(TimeSpan.FromMinutes(3));
        Assert.InRange(_fault.Calls, 5, 22);

        _fault.End();
        await PassAsync(TimeSpan.FromSeconds(15));
        Assert.InRange(_fault.Calls, 1, 2);
    }

    /// <summary>Lets time pass, and in each moment of it the calls that are under way.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            _time.Advance(Step);
            await _silo.Grains.GetGrain<ICatalogGrain>(0).ListStreamsAsync(new ListStreamsRequest());
        }
    }

    /// <summary>Counts the calls of a method, and lets them time out after a while, until that ends.</summary>
    private sealed class Fault(TimeProvider time) : IIncomingGrainCallFilter
    {
        private string? _method;
        private TimeSpan _after;
        private bool _fails;
        private int _calls;

        /// <summary>How many calls there were since the fault began or ended.</summary>
        public int Calls => Volatile.Read(ref _calls);

        public void Begin(string method, TimeSpan after)
        {
            (_method, _after, _fails) = (method, after, true);
            Volatile.Write(ref _calls, 0);
        }

        public void End()
        {
            _fails = false;
            Volatile.Write(ref _calls, 0);
        }

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName == _method)
            {
                Interlocked.Increment(ref _calls);
                if (_fails)
                {
                    await new TaskCompletionSource().Task.WaitAsync(_after, time);
                }
            }

            await context.Invoke();
        }
    }
}
