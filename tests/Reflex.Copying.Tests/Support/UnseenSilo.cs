using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Tests.Support;

/// <summary>A silo that uses the source, once, though no membership there tells of it.</summary>
/// <param name="logs">The source's logs.</param>
/// <param name="partition">The one that it appends to, or only opens.</param>
/// <param name="content">What it appends; null for nothing.</param>
internal sealed class UnseenSilo(IEventLogProvider logs, PartitionId partition, Content? content) : Steps
{
    private bool _isDone;

    protected override async ValueTask BeforeAsync(string step)
    {
        if (step == "import" && !_isDone)
        {
            _isDone = true;
            await using var log = await logs.OpenAsync(partition, TestContext.Current.CancellationToken);
            if (content is not null)
            {
                await content.AppendAsync(log);
            }
        }
    }
}
