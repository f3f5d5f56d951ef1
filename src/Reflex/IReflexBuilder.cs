using Microsoft.Extensions.DependencyInjection;

namespace Reflex;

/// <summary>Composes Reflex in a host. Storages add themselves to it with a <c>UseX</c> extension.</summary>
public interface IReflexBuilder
{
    /// <summary>The services of the host that is being composed.</summary>
    IServiceCollection Services { get; }
}
