using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class CursorsCheck : ICheck
{
    public string Rule => "a stored cursor never moves back, and never beyond what was handled";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log)
    {
        var cursors = new Dictionary<(string, int), long>();
        var handled = run.Consumers.Concat(run.Sessions)
            .ToDictionary(consumer => consumer.Key, consumer => new HandledUpTo(consumer.Value, run.Partitions));
        foreach (var (consumer, partition, id, at) in run.Moves)
        {
            var before = cursors.GetValueOrDefault((consumer, partition));
            if (id < before)
            {
                yield return $"The cursor of '{consumer}' moved back from {partition}/{before} to {partition}/{id}.";
            }

            cursors[(consumer, partition)] = id;
            if (handled.TryGetValue(consumer, out var one) && one.At(partition, at) is var most && id > most)
            {
                yield return $"The cursor of '{consumer}' was {partition}/{id} when it had handled up to {partition}/{most}.";
            }
        }
    }

    /// <summary>Follows a consumer along with its cursor.</summary>
    private sealed class HandledUpTo(IEnumerable<HandledEvent> handled, int partitions)
    {
        private readonly IEnumerator<HandledEvent> _handled = handled.GetEnumerator();
        private readonly long[] _heads = new long[partitions];
        private bool _isBeyond;

        public long At(int partition, long time)
        {
            while (_isBeyond ? _handled.Current.At <= time : _handled.MoveNext())
            {
                var (_, of, id, at) = _handled.Current;
                _isBeyond = at > time;
                if (_isBeyond)
                {
                    break;
                }

                _heads[of] = Math.Max(_heads[of], id);
            }

            return _heads[partition];
        }
    }
}
