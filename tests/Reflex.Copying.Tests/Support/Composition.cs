using Microsoft.Extensions.DependencyInjection;

namespace Reflex.Copying.Tests.Support;

/// <summary>A composition without a host, for storages.</summary>
internal sealed class Composition : IReflexBuilder
{
    public Composition() => Services.AddLogging();

    public IServiceCollection Services { get; } = new ServiceCollection();
}
