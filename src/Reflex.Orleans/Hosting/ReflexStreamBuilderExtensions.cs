using Microsoft.Extensions.DependencyInjection;
using Reflex;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Orleans.Hosting;

/// <summary>The streams and consumers of a silo.</summary>
public static class ReflexStreamBuilderExtensions
{
    /// <summary>
    /// Defines a stream when the silo starts, or changes the retention of one that there is. The start fails with a
    /// <see cref="StreamConflictException"/> when the stream is stored with another partition count.
    /// </summary>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="partitions">Its partition count, 1 to 1024. It can't be changed later.</param>
    /// <param name="retention">
    /// How long it keeps events, from every start on; null keeps them forever, or as long as somebody has decided since.
    /// </param>
    /// <returns>The same builder, for further calls.</returns>
    public static IReflexBuilder AddStream(
        this IReflexBuilder builder, StreamName stream, int partitions = 1, Retention? retention = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new StreamDefinition(stream, partitions, retention) { KeepsStoredRetention = retention is null });
        return builder;
    }

    /// <summary>
    /// Registers a consumer that is a plain class. Each partition of its stream gets an instance of its own, made with the
    /// silo's services, and disposed with its grain.
    /// </summary>
    /// <typeparam name="TConsumer">The class that handles the events.</typeparam>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <param name="name">The consumer's name, under which its cursors are kept.</param>
    /// <param name="stream">The stream that it consumes; the consumer starts when that is defined.</param>
    /// <param name="configure">Changes the options; null keeps the defaults.</param>
    /// <returns>The same builder, for further calls.</returns>
    /// <exception cref="ArgumentException">The options ask to end at the head, which a consumer that is kept running can't.</exception>
    public static IReflexBuilder AddConsumer<TConsumer>(
        this IReflexBuilder builder, ConsumerName name, StreamName stream, Func<ConsumerOptions, ConsumerOptions>? configure = null)
        where TConsumer : class, IEventConsumer =>
        Add(builder, name, stream, configure, typeof(EventConsumerGrain), typeof(TConsumer));

    /// <summary>Registers a consumer that is a grain of the application.</summary>
    /// <typeparam name="TGrain">The class that handles the events.</typeparam>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <param name="name">The consumer's name, under which its cursors are kept.</param>
    /// <param name="stream">The stream that it consumes; the consumer starts when that is defined.</param>
    /// <param name="configure">Changes the options; null keeps the defaults.</param>
    /// <returns>The same builder, for further calls.</returns>
    /// <exception cref="ArgumentException">The options ask to end at the head, which a consumer that is kept running can't.</exception>
    public static IReflexBuilder AddConsumerGrain<TGrain>(
        this IReflexBuilder builder, ConsumerName name, StreamName stream, Func<ConsumerOptions, ConsumerOptions>? configure = null)
        where TGrain : ConsumerGrain =>
        Add(builder, name, stream, configure, typeof(TGrain), consumerClass: null);

    private static IReflexBuilder Add(
        IReflexBuilder builder,
        ConsumerName name,
        StreamName stream,
        Func<ConsumerOptions, ConsumerOptions>? configure,
        Type grainClass,
        Type? consumerClass)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ConsumerOptions(name);
        options = configure?.Invoke(options) ?? options;
        if (options.Streaming.ToHead)
        {
            throw new ArgumentException(
                $"The consumer '{name}' of '{stream}' can't have {nameof(StreamOptions.ToHead)}: it is kept running.", nameof(configure));
        }

        builder.Services.AddSingleton(new ConsumerRegistration(new ConsumerId(stream, name), options, grainClass, consumerClass));
        return builder;
    }
}
