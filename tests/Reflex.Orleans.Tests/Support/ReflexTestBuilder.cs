using Microsoft.Extensions.DependencyInjection;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A builder without a host.</summary>
internal sealed class ReflexTestBuilder : IReflexBuilder
{
    public IServiceCollection Services { get; } = new ServiceCollection();
}
