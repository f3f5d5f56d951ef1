namespace Reflex.Crash.Tests;

/// <summary>What the consumers of all silos in turn have handled, as they noted it.</summary>
internal static class Handled
{
    // How long a consumer goes on before its cursor is stored; after a kill no more than the events of this time come again.
    private const int FlushWindowMilliseconds = 100;

    /// <summary>Verifies the order in which each silo's consumer handled events; answers how many came again after each kill.</summary>
    /// <param name="path">The notes.</param>
    /// <param name="log">What the log holds.</param>
    /// <param name="terminated">The processes that were stopped in order: after these not one event comes again.</param>
    public static List<int> Verify(string path, List<List<string>> log, IReadOnlySet<int> terminated)
    {
        var redelivered = new List<int>();
        var handled = File.ReadLines(path)
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length == 4)
            .Select(fields => fields.Select(long.Parse).ToArray())
            .Select(fields => (Process: (int)fields[0], Partition: (int)fields[1], Id: fields[2], At: fields[3]))
            .ToLookup(line => line.Partition);
        for (var partition = 0; partition < log.Count; partition++)
        {
            var before = new List<(int Process, int Partition, long Id, long At)>();
            foreach (var line in handled[partition])
            {
                var highest = before.Count == 0 ? 0 : before[^1].Id;
                if (before.Count == 0 || line.Process == before[^1].Process)
                {
                    Assert.Equal(highest + 1, line.Id);
                }
                else
                {
                    Assert.InRange(line.Id, before[0].Id, highest + 1);
                    var again = before.Where(earlier => earlier.Id >= line.Id).ToList();
                    if (terminated.Contains(before[^1].Process))
                    {
                        Assert.True(again.Count == 0, $"{again.Count} events came again from {partition}/{line.Id} on after a stop.");
                    }
                    else
                    {
                        redelivered.Add(again.Count);
                    }

                    // An event is noted before it is handled and the cursor moves after it, with any pause between them: so
                    // the first one's move came before the second was noted, and the last one began after the one before moved.
                    Assert.True(
                        again.Count < 4 || again[^2].At - again[1].At <= FlushWindowMilliseconds + 1,
                        $"{again.Count} events came again from {partition}/{line.Id} on, handled over more than the flush window.");
                    before.Clear();
                }

                before.Add(line);
            }

            Assert.Equal(log[partition].Count, before.Count == 0 ? 0 : before[^1].Id);
        }

        return redelivered;
    }
}
