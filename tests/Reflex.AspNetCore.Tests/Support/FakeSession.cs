using System.Threading.Channels;
using Reflex.Consumers;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A session that remembers what it was told, and ends when a test says so.</summary>
internal sealed class FakeSession(Cursor start) : IConsumerSession
{
    private readonly TaskCompletionSource<ReflexException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Cursor> _acknowledged = Channel.CreateBounded<Cursor>(1000);

    public Cursor Start => start;

    public Task<ReflexException> Ended => _ended.Task;

    public Task Disposed => _disposed.Task;

    public ChannelReader<Cursor> Acknowledged => _acknowledged.Reader;

    public Exception? FailAcknowledgements { get; set; }

    public void End(ReflexException reason) => _ended.SetResult(reason);

    public ValueTask AcknowledgeAsync(Cursor cursor, CancellationToken cancellationToken = default) =>
        FailAcknowledgements is { } error ? throw error : _acknowledged.Writer.WriteAsync(cursor, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
