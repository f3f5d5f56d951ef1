using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionLogFailureTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AppendAsync_StorageFails_LatchesForAllThatWaitAndAllThatCome(bool isStored)
    {
        await using var partition = await TestPartition.OpenAsync();
        using var failures = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.log.failures");
        await partition.AppendAsync();
        var script = partition.Script;
        var gate = script.BeforeStore = new Gate();
        var fault = new IOException("the disk is gone");
        script.FaultBeforeStore = isStored ? null : fault;
        script.FaultAfterStore = isStored ? fault : null;
        var inFlight = partition.AppendAsync();
        await gate.Arrived;
        var waiting = partition.AppendAsync();
        Assert.False(partition.Log.Failed.IsCompleted);
        gate.Open();

        var error = await Assert.ThrowsAsync<LogFailedException>(() => inFlight);
        Assert.Same(fault, error.InnerException);
        Assert.Contains("the disk is gone", error.Message, StringComparison.Ordinal);
        Assert.Equal(TestPartition.Id, error.Partition);
        Assert.Same(error, await Assert.ThrowsAsync<LogFailedException>(() => waiting));
        await partition.Log.Failed;

        (script.FaultBeforeStore, script.FaultAfterStore) = (null, null);
        var later = await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync());
        Assert.Same(error, later.InnerException);
        Assert.Equal([1, 1], script.Appends);
        Assert.Equal(1, partition.Log.Bounds.Head.Value);
        Assert.Equal([1], await partition.ReadIdsAsync(null));
        Assert.Single(failures.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task AppendAsync_StorageFailedAfterStoring_NextOwnerFindsWhatIsThere()
    {
        var provider = new ScriptedProvider();
        await using (var partition = await TestPartition.OpenAsync(provider))
        {
            await partition.AppendAsync();
            partition.Script.FaultAfterStore = new IOException("no answer");
            await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync(2));
        }

        await using var next = await TestPartition.OpenAsync(provider);
        Assert.Equal(3, next.Log.Bounds.Head.Value);
        Assert.Equal(4, (await next.AppendAsync()).Value);
        Assert.Equal([1, 2, 3, 4], await next.ReadIdsAsync(null));
    }

    [Fact]
    public async Task AppendAsync_NewerOwner_FencesTheOlder()
    {
        var provider = new ScriptedProvider();
        await using var older = await TestPartition.OpenAsync(provider);
        await older.AppendAsync();
        await using var newer = await TestPartition.OpenAsync(provider);
        var error = await Assert.ThrowsAsync<LogFencedException>(() => older.AppendAsync());
        Assert.True(error.FoundEpoch > error.Epoch);
        await older.Log.Failed;
        Assert.Equal(2, (await newer.AppendAsync()).Value);
        Assert.Equal([1, 2], await newer.ReadIdsAsync(null));
    }

    [Fact]
    public async Task AppendAsync_StorageIsFull_SaysSo()
    {
        await using var partition = await TestPartition.OpenAsync();
        partition.Script.FaultBeforeStore = new LogFullException(TestPartition.Id, "/data");
        var error = await Assert.ThrowsAsync<LogFullException>(() => partition.AppendAsync());
        Assert.Contains("no room left in its storage; free some, and appending goes on. (/data)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_StorageIsSureToHaveDoneNothing_FailsAloneAndNothingLatches()
    {
        await using var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeStore = new Gate();
        var fault = partition.Script.FaultBeforeStore = new LogUnavailableException(TestPartition.Id, "it is away.", "/data");
        var inFlight = partition.AppendAsync();
        await gate.Arrived;
        var second = partition.Script.BeforeStore = new Gate();
        var waiting = partition.AppendAsync();
        gate.Open();
        Assert.Same(fault, await Assert.ThrowsAsync<LogUnavailableException>(() => inFlight));
        await second.Arrived;
        partition.Script.FaultBeforeStore = null;
        second.Open();
        Assert.Equal(1, (await waiting).Value);
        Assert.False(partition.Log.Failed.IsCompleted);
        Assert.Equal([1], await partition.ReadIdsAsync(null));
    }

    [Fact]
    public async Task AppendAsync_StorageThatHasFailedSaysItIsAway_Latches()
    {
        await using var partition = await TestPartition.OpenAsync();
        var fault = new LogUnavailableException(TestPartition.Id, "it is away.", "/data");
        (partition.Script.FaultBeforeStore, partition.Script.Failure) = (fault, fault);
        await Assert.ThrowsAsync<LogUnavailableException>(() => partition.AppendAsync());
        Assert.Same(fault, await partition.Log.Failed);
    }

    [Fact]
    public async Task DisposeAsync_AppendsWait_CompletesThemAndRefusesNewOnes()
    {
        var provider = new ScriptedProvider();
        var partition = await TestPartition.OpenAsync(provider);
        var gate = partition.Script.BeforeStore = new Gate();
        var inFlight = partition.AppendAsync();
        await gate.Arrived;
        var waiting = partition.AppendAsync();
        var closing = partition.DisposeAsync();
        Assert.False(closing.IsCompleted);
        Assert.True((await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync())).IsTransient);
        gate.Open();
        Assert.Equal((1, 2), ((await inFlight).Value, (await waiting).Value));
        await closing;
        Assert.True(partition.Script.IsDisposed);
        await partition.DisposeAsync();

        await using var next = await TestPartition.OpenAsync(provider);
        Assert.Equal([1, 2], await next.ReadIdsAsync(null));
    }

    [Fact]
    public async Task DisposeAsync_ReadersWaitAtTheHead_SendsThemAway()
    {
        var partition = await TestPartition.OpenAsync();
        var reading = partition.ReadAsync(null, wait: TimeSpan.FromDays(1));
        Assert.False(reading.IsCompleted);
        await partition.DisposeAsync();
        await Assert.ThrowsAsync<LogFailedException>(() => reading);
        await Assert.ThrowsAsync<LogFailedException>(() => partition.ReadAsync(null));
    }

    [Fact]
    public async Task DisposeAsync_ReadOfTheLogRuns_ClosesTheLogAfterIt()
    {
        var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        partition.Log.ForgetRecent();
        var gate = partition.Script.BeforeRead = new Gate();
        var reading = partition.ReadIdsAsync(null);
        await gate.Arrived;
        var closing = partition.DisposeAsync();
        Assert.False(closing.IsCompleted || partition.Script.IsDisposed);
        gate.Open();
        Assert.Equal([1, 2, 3], await reading);
        await closing;
        Assert.True(partition.Script.IsDisposed);
    }

    [Fact]
    public async Task TrimAsync_LogStaysUsable_FailsAlone()
    {
        await using var partition = await TestPartition.OpenAsync();
        partition.Script.TrimFault = new LogFailedException(TestPartition.Id, "a segment could not be removed.");
        await Assert.ThrowsAsync<LogFailedException>(() => partition.TrimAsync(Retention.Forever, CancellationToken.None));
        Assert.False(partition.Log.Failed.IsCompleted);
        await partition.AppendAsync();
    }

    [Fact]
    public async Task TrimAsync_LogFailsWithIt_IsTheLogsFailure()
    {
        await using var partition = await TestPartition.OpenAsync();
        var fault = new LogFailedException(TestPartition.Id, "a segment could not be made.");
        (partition.Script.TrimFault, partition.Script.Failure) = (fault, fault);
        await Assert.ThrowsAsync<LogFailedException>(() => partition.TrimAsync(Retention.Forever, CancellationToken.None));
        Assert.Same(fault, await partition.Log.Failed);
        await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync());
    }

    [Fact]
    public async Task DisposeAsync_TrimRuns_ClosesTheLogAfterItAndRefusesTheNext()
    {
        var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeTrim = new Gate();
        var trimming = partition.TrimAsync(Retention.Forever, CancellationToken.None);
        await gate.Arrived;
        var waiting = partition.TrimAsync(Retention.Forever, CancellationToken.None);
        var closing = partition.DisposeAsync();
        Assert.False(closing.IsCompleted || partition.Script.IsDisposed);
        gate.Open();
        await trimming;
        await closing;
        await Assert.ThrowsAsync<LogFailedException>(() => waiting);
    }
}
