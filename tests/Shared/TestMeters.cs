using System.Diagnostics.Metrics;

namespace Reflex.Tests.Shared;

/// <summary>Makes meters whose scope is this object, so that tests that run beside each other don't hear each other.</summary>
internal sealed class TestMeters : IMeterFactory
{
    /// <summary>What a set of instruments publishes.</summary>
    public static List<Instrument> Published(Func<TestMeters, IDisposable> create)
    {
        var meters = new TestMeters();
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        using var instruments = create(meters);
        return found;
    }

    public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

    public void Dispose()
    {
        // The meters belong to the instruments under test.
    }
}
