using System.Globalization;
using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

public sealed class CompetingOwnersTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>Two processes that don't see one another's lock of the folder take the partition from each other again and again.</summary>
    [Fact]
    public async Task TwoProcesses_BothAppend_EveryAcknowledgedEventIsThereOnceAndNoOther()
    {
        var children = new List<ChildProcess>();
        for (var i = 0; i < 2; i++)
        {
            children.Add(ChildProcess.Start("compete", _temp.Data));
            Assert.Equal("ready", await children[i].Output.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        foreach (var child in children)
        {
            child.Go();
        }

        var printed = await Task.WhenAll(children.Select(child => child.ReadToEndAsync()));
        var acknowledged = new Dictionary<long, (int Child, long Epoch, int Number)>();
        for (var child = 0; child < children.Count; child++)
        {
            children[child].Dispose();
            Assert.Equal(ChildActions.CompetingAppends, printed[child].Length);
            foreach (var fields in printed[child].Select(line => line.Split(' ')))
            {
                var id = long.Parse(fields[0], CultureInfo.InvariantCulture);
                var epoch = long.Parse(fields[1], CultureInfo.InvariantCulture);
                var place = (child, epoch, int.Parse(fields[2], CultureInfo.InvariantCulture));
                Assert.True(acknowledged.TryAdd(id, place), $"Event {id} was acknowledged twice.");
            }
        }

        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await using var log = await fixture.OpenAsync();
        var batches = await LogAssert.ReadAllAsync(log, 64 * 1024);
        Assert.Equal(acknowledged.Count, batches.Count);
        foreach (var batch in batches)
        {
            var (_, owner, number) = acknowledged[batch.BaseId.Value];
            var durable = new EventId(batch.BaseId.Value - 1);
            var same = TestBatch.Seal(batch.BaseId, 1, 1 + number, owner, durable, TestBatch.Start);
            Assert.Equal(same.Bytes.ToArray(), batch.Bytes.ToArray());
        }

        var owners = acknowledged.OrderBy(entry => entry.Key).Select(entry => entry.Value.Epoch).ToArray();
        output.WriteLine($"{acknowledged.Count} appends by {owners.Distinct().Count()} owners, epochs up to {owners[^1]}");
        Assert.Equal(owners.Order(), owners);
        Assert.True(owners.Distinct().Count() > 20, "They hardly competed.");
    }
}
