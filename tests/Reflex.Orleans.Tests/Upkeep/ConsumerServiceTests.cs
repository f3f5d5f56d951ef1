using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Upkeep;

/// <summary>How often a silo asks for its consumers while it isn't answered.</summary>
public sealed class ConsumerServiceTests : IAsyncLifetime
{
    // Long after the longest pause has been reached.
    private const int Calls = 20;

    // The last four pauses are of ten seconds each; news of the cluster may cut one short.
    private static readonly TimeSpan LeastForFour = TimeSpan.FromSeconds(25);

    private readonly ShortWaits _waits = new(new FakeTimeProvider());
    private readonly Fault _fault;
    private TestSilo _silo = null!;

    public ConsumerServiceTests() => _fault = new Fault(_waits);

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
                services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, _waits);
            });
        await ConsumerSilo.AppendAsync(_silo, 1);
        await _waits.PassAsync(until: seen.ReachesAsync(1));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task WhileTheCatalogIsAway_AsksAfterGrowingPausesAndGoesOnWhenItIsBack()
    {
        _fault.Begin(nameof(ICatalogGrain.RunConsumersAsync));
        await _waits.PassAsync(until: _fault.Reached);
        Assert.InRange(_fault.LastFour, LeastForFour, TimeSpan.MaxValue);

        _fault.End();
        await _waits.PassAsync(until: _fault.Answered);
    }

    /// <summary>Has the calls of a method time out, until that ends, and notes when they were made.</summary>
    private sealed class Fault(TimeProvider time) : IIncomingGrainCallFilter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private readonly List<long> _calls = [];
        private volatile string? _method;
        private volatile string? _former;

        /// <summary>Ends when there were enough calls.</summary>
        public Task Reached => _reached.Task;

        /// <summary>Ends with the first call after the fault.</summary>
        public Task Answered => _answered.Task;

        /// <summary>How long the last four pauses took before there were enough calls.</summary>
        public TimeSpan LastFour => time.GetElapsedTime(_calls[Calls - 5], _calls[Calls - 1]);

        public void Begin(string method) => _method = method;

        public void End()
        {
            _former = _method;
            _method = null;
        }

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName == _method)
            {
                Note();
                throw new TimeoutException("Simulated.");
            }

            await context.Invoke();
            if (context.MethodName == _former)
            {
                _answered.TrySetResult();
            }
        }

        private void Note()
        {
            lock (_lock)
            {
                _calls.Add(time.GetTimestamp());
                if (_calls.Count == Calls)
                {
                    _reached.SetResult();
                }
            }
        }
    }
}
