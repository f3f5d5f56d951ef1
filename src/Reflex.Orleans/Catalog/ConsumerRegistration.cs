using Reflex.Consumers;

namespace Reflex.Orleans.Catalog;

/// <summary>A consumer that this silo can run.</summary>
/// <param name="Id">The consumer.</param>
/// <param name="Options">How it is run.</param>
/// <param name="GrainClass">The class of its grains.</param>
/// <param name="ConsumerClass">The class of its logic, made by the activation's services; null when the grain is the logic.</param>
internal sealed record ConsumerRegistration(ConsumerId Id, ConsumerOptions Options, Type GrainClass, Type? ConsumerClass);
