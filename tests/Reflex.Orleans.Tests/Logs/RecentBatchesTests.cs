using CsCheck;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class RecentBatchesTests
{
    [Fact]
    public void Read_AfterAnyAppends_AgreesWithAList()
    {
        var operations = Gen.Frequency((8, Gen.Int[1, 6]), (1, Gen.Const(0)));
        Gen.Select(operations.List[0, 80], Gen.Int[0, 2000], Gen.Int[1, 1000]).Sample((appends, maxBytes, pageBytes) =>
        {
            var recent = new RecentBatches(maxBytes, new RecentBudget(long.MaxValue));
            var model = new List<EventBatch>();
            var head = 0L;
            foreach (var count in appends)
            {
                if (count == 0)
                {
                    recent.Clear();
                    model.Clear();
                }
                else
                {
                    var batch = Batches.Seal(Batches.Append(count), head + 1).Single();
                    head = batch.LastId.Value;
                    recent.Add(batch);
                    model.Add(batch);
                    while (model.Sum(b => b.Bytes.Length) > maxBytes)
                    {
                        model.RemoveAt(0);
                    }
                }
            }

            for (var after = 0L; after <= head; after++)
            {
                var found = recent.Read(new EventId(after), pageBytes)?.Select(block => block.Length);
                Assert.Equal(Expected(model, new EventId(after), pageBytes), found);
            }
        });
    }

    [Fact]
    public void Read_AfterTheLargestId_IsNotHere()
    {
        var recent = new RecentBatches(1000, new RecentBudget(long.MaxValue));
        recent.Add(Batches.Seal(Batches.Append(2), 1).Single());

        Assert.Null(recent.Read(new EventId(long.MaxValue), 1000));
        Assert.Null(recent.Read(new EventId(long.MaxValue - 1), 1000));
    }

    private static IEnumerable<int>? Expected(List<EventBatch> model, EventId after, int pageBytes)
    {
        if (model.Count == 0 || after.Next < model[0].BaseId || after >= model[^1].LastId)
        {
            return null;
        }

        var lengths = new List<int>();
        foreach (var batch in model.SkipWhile(batch => batch.LastId <= after))
        {
            if (lengths.Count > 0 && lengths.Sum() + batch.Bytes.Length > pageBytes)
            {
                break;
            }

            lengths.Add(batch.Bytes.Length);
        }

        return lengths;
    }
}
