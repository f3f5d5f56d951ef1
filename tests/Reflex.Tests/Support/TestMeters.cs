using System.Diagnostics.Metrics;

namespace Reflex.Tests.Support;

/// <summary>Makes meters whose scope is this object, so that tests that run beside each other don't hear each other.</summary>
internal sealed class TestMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

    public void Dispose()
    {
        // The meters belong to the instruments under test.
    }
}
