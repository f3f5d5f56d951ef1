using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>Handles every event except those of <see cref="BadType"/>.</summary>
public sealed class RecordingConsumer : IEventConsumer
{
    public const int BadType = 666;

    public Task ConsumeAsync(Event e, CancellationToken cancellationToken) =>
        e.Type == BadType ? throw new NotSupportedException($"Type {BadType} can't be handled.") : Task.CompletedTask;
}
