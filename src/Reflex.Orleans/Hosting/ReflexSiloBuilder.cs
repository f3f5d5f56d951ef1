using Microsoft.Extensions.DependencyInjection;

namespace Reflex.Orleans.Hosting;

/// <summary>What <c>AddReflex</c> hands to its configuration.</summary>
internal sealed class ReflexSiloBuilder(IServiceCollection services) : IReflexBuilder
{
    public IServiceCollection Services => services;
}
