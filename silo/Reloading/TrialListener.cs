using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Reflex.Silo.Reloading;

/// <summary>A listener to which nobody connects.</summary>
internal sealed class TrialListener(EndPoint endpoint) : IConnectionListener
{
    private readonly TaskCompletionSource<ConnectionContext?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndPoint EndPoint => endpoint;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_ended.Task);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _ended.TrySetResult(null);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
