using System.Globalization;
using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

public sealed class CompetingOwnersTests(ITestOutputHelper output) : IDisposable
{
    private const int Owners = 40;
    private const int AppendsOfEach = 300;

    private readonly TempFolder _temp = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<long, (long Epoch, int Size)> _appends = [];
    private readonly HashSet<long> _epochs = [];
    private readonly TaskCompletionSource _enough = new();
    private int _childrenDone;

    public void Dispose() => _temp.Dispose();

    /// <summary>Two processes that don't see one another's lock of the folder take the partition from each other again and again.</summary>
    [Fact]
    public async Task TwoProcesses_BothAppend_EveryAcknowledgedEventIsThereOnceAndNoOther()
    {
        using var one = await StartAsync();
        using var other = await StartAsync();
        one.Go();
        other.Go();

        // Until they have competed enough, however the machine shares its time out between them.
        Task[] reading = [ReadAsync(one), ReadAsync(other)];
        var first = await Task.WhenAny([_enough.Task, .. reading]);
        await first;
        Assert.True(first == _enough.Task, "A child ended by itself.");
        one.Go();
        other.Go();
        await Task.WhenAll(reading);

        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await using var log = await fixture.OpenAsync();
        var batches = await LogAssert.ReadAllAsync(log, 64 * 1024);
        Assert.Equal(_appends.Count, batches.Count);
        foreach (var batch in batches)
        {
            var (epoch, size) = _appends[batch.BaseId.Value];
            var same = TestBatch.Seal(
                batch.BaseId,
                1,
                size,
                epoch,
                new EventId(batch.BaseId.Value - 1),
                TestBatch.Start,
                previousEpoch: batch.BaseId.Value == 1 ? 0 : _appends[batch.BaseId.Value - 1].Epoch);
            Assert.Equal(same.Bytes.ToArray(), batch.Bytes.ToArray());
        }

        var epochs = _appends.OrderBy(append => append.Key).Select(append => append.Value.Epoch).ToArray();
        output.WriteLine($"{_appends.Count} appends by {_epochs.Count} owners, epochs up to {epochs[^1]}");
        Assert.Equal(epochs.Order(), epochs);
    }

    private async Task<ChildProcess> StartAsync()
    {
        var child = ChildProcess.Start("compete", _temp.Data);
        Assert.Equal("ready", await child.Output.ReadLineAsync(TestContext.Current.CancellationToken));
        return child;
    }

    /// <summary>Takes down the appends that a child prints, and tells when both children and all owners have made enough of them.</summary>
    private async Task ReadAsync(ChildProcess child)
    {
        for (var own = 1; await child.Output.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; own++)
        {
            Assert.Matches("^[0-9]+ [0-9]+ [0-9]+$", line);
            var fields = Array.ConvertAll(line.Split(' '), field => long.Parse(field, CultureInfo.InvariantCulture));
            lock (_lock)
            {
                Assert.True(_appends.TryAdd(fields[0], (fields[1], (int)fields[2])), $"Event {fields[0]} was acknowledged twice.");
                _epochs.Add(fields[1]);
                _childrenDone += own == AppendsOfEach ? 1 : 0;
                if (_childrenDone == 2 && _epochs.Count >= Owners)
                {
                    _enough.TrySetResult();
                }
            }
        }
    }
}
