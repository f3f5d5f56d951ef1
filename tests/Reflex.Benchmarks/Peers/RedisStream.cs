using Reflex.Events;
using StackExchange.Redis;

namespace Reflex.Benchmarks.Peers;

/// <summary>One Redis stream: an entry for each event, with a field for each of its parts.</summary>
/// <param name="key">Its key.</param>
/// <param name="appending">The connection for appends.</param>
/// <param name="reading">A connection that nothing else uses, since a blocking read holds up what comes after it.</param>
internal sealed class RedisStream(string key, IDatabase appending, IDatabase reading) : IMeasuredStream
{
    // About our own page: some 64 KiB. Larger ones are slower here.
    private const int PageCount = 500;
    private const int BlockMilliseconds = 1_000;
    private const string Type = "t";
    private const string ForeignId = "f";
    private const string Metadata = "m";

    private readonly RedisKey _key = key;

    public Task AppendAsync(NewEvent e) => appending.StreamAddAsync(_key, Fields(e));

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => Task.WhenAll(events.Select(AppendAsync));

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        Task.FromResult(Task.Run(() => ReadAsync(count, handle, cancellationToken), cancellationToken));

    private static NameValueEntry[] Fields(in NewEvent e) =>
        [new(Type, e.Type.Value), new(ForeignId, e.ForeignId), new(Metadata, e.Metadata)];

    private async Task ReadAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        RedisValue last = "0-0";
        var next = reading.StreamReadAsync(_key, last, PageCount);
        while (true)
        {
            var page = await next;
            cancellationToken.ThrowIfCancellationRequested();
            if (page.Length < PageCount)
            {
                count -= Handle(page, count, handle);
                await FollowAsync(page.Length == 0 ? last : page[^1].Id, count, handle, cancellationToken);
                return;
            }

            // The next page travels while this one is handled.
            last = page[^1].Id;
            next = reading.StreamReadAsync(_key, last, PageCount);
            count -= Handle(page, count, handle);
            if (count == 0)
            {
                await next;
                return;
            }
        }
    }

    /// <summary>
    /// Reads at the head. The client has no blocking read, since its connection is shared as a rule; sending the command as it
    /// stands, on a connection of its own, is what its users do.
    /// </summary>
    private async Task FollowAsync(RedisValue last, long count, EventHandler handle, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await reading.ExecuteAsync("XREAD", "COUNT", PageCount, "BLOCK", BlockMilliseconds, "STREAMS", _key, last);
            if (result.IsNull)
            {
                continue;
            }

            var entries = result[0][1];
            for (var i = 0; i < entries.Length && count > 0; i++, count--)
            {
                last = (RedisValue)entries[i][0];
                var fields = entries[i][1];
                handle((int)fields[1], Bytes((RedisValue)fields[3]), Bytes((RedisValue)fields[5]));
            }
        }
    }

    private static long Handle(StreamEntry[] page, long limit, EventHandler handle)
    {
        var handled = 0;
        for (; handled < page.Length && handled < limit; handled++)
        {
            var fields = page[handled].Values;
            handle((int)fields[0].Value, Bytes(fields[1].Value), Bytes(fields[2].Value));
        }

        return handled;
    }

    private static ReadOnlySpan<byte> Bytes(RedisValue value) => ((ReadOnlyMemory<byte>)value).Span;
}
