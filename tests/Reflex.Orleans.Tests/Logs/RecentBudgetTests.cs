using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class RecentBudgetTests
{
    private const int Limit = 20_000;
    private const int MaxBytes = 5_000;

    private readonly RecentBudget _budget = new(Limit);

    [Fact]
    public void Add_ByManyPartitions_KeepsWithinTheLimitAndForgetsThoseUsedLeast()
    {
        var partitions = Partitions(100);

        foreach (var partition in partitions)
        {
            Fill(partition);
            Assert.InRange(_budget.Used, 1, Limit);
        }

        Assert.Null(partitions[0].Read(EventId.None, MaxBytes));
        Assert.NotNull(partitions[^1].Read(EventId.None, MaxBytes));
    }

    [Fact]
    public void Add_WhileOneIsRead_KeepsThatOne()
    {
        var partitions = Partitions(100);
        foreach (var partition in partitions)
        {
            Fill(partition);
            Assert.NotNull(partitions[0].Read(EventId.None, MaxBytes));
        }
    }

    [Fact]
    public void Clear_AfterAnyAppends_GivesEverythingBack()
    {
        var partitions = Partitions(10);
        foreach (var partition in partitions)
        {
            Fill(partition);
            Fill(partition);
        }

        foreach (var partition in partitions)
        {
            partition.Clear();
            partition.Clear();
        }

        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public void Add_FromManyThreads_EndsWithinTheLimit()
    {
        var partitions = Partitions(50);

        Parallel.For(0, 5_000, i =>
        {
            lock (partitions[i % 50])
            {
                Fill(partitions[i % 50]);
            }

            partitions[i * 7 % 50].Read(EventId.None, MaxBytes);
            if (i % 13 == 0)
            {
                partitions[i * 3 % 50].Clear();
            }
        });

        Assert.InRange(_budget.Used, 1, Limit);
        Assert.All(partitions, partition => partition.Clear());
        Assert.Equal(0, _budget.Used);
    }

    /// <summary>What a closed partition kept is free, too.</summary>
    [Fact]
    public async Task PartitionLog_ManyWithTheSameOptions_ShareOneBudgetAndLeaveIt()
    {
        var options = new PartitionLogOptions { MaxTotalRecentBytes = 1_000 };
        for (var i = 0; i < 20; i++)
        {
            await using var partition = await TestPartition.OpenAsync(options: options);
            await partition.Log.AppendAsync(Batches.Append(2));
            Assert.InRange(options.RecentBudget.Used, 1, 1_000);
        }

        Assert.Equal(0, options.RecentBudget.Used);
    }

    private static void Fill(RecentBatches partition) => partition.Add(Batches.Seal(Batches.Append(10), 1).Single());

    private RecentBatches[] Partitions(int count) => [.. Enumerable.Range(0, count).Select(_ => new RecentBatches(MaxBytes, _budget))];
}
