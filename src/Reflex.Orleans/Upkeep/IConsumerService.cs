using Orleans.Services;

namespace Reflex.Orleans.Upkeep;

/// <summary>The interface without which Orleans runs no grain service.</summary>
[Alias("reflex.IConsumerService"), GrainInterfaceType("reflex.consumer-service")]
internal interface IConsumerService : IGrainService;
