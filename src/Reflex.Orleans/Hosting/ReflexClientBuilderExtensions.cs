using Reflex;
using Reflex.Orleans.Hosting;

namespace Orleans.Hosting;

/// <summary>Reflex in an Orleans client outside the cluster.</summary>
public static class ReflexClientBuilderExtensions
{
    /// <summary>Gives the client's services an <see cref="IReflexClient"/>. May be repeated.</summary>
    /// <param name="builder">The client.</param>
    /// <returns>The client.</returns>
    public static IClientBuilder AddReflexClient(this IClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ReflexServices.Add(builder.Services);
        return builder;
    }
}
