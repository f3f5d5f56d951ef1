using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Tests.Support;

/// <summary>Somebody who opens a log before something is imported into it.</summary>
internal sealed class OtherOwner(IEventLogProvider logs, PartitionId partition) : Steps
{
    protected override async ValueTask BeforeAsync(string step)
    {
        if (step == "import")
        {
            await using var log = await logs.OpenAsync(partition, TestContext.Current.CancellationToken);
        }
    }
}
