using Reflex.Silo.Demo;

namespace Reflex.Silo.Configuration;

/// <summary>The stock silo's consumer, which shows newcomers something; a silo at work doesn't switch it on.</summary>
internal static class DemoConfiguration
{
    /// <summary>Has the events of the stream <c>demo</c> logged, if that is wanted.</summary>
    public static IReflexBuilder AddDemo(this IReflexBuilder reflex, bool isWanted) =>
        isWanted ? reflex.AddConsumer<LogEvents>("log-events", stream: "demo") : reflex;
}
