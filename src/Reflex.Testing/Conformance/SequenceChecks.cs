using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>Sequences of calls that nobody thought of, against a list of batches.</summary>
/// <remarks>They come from fixed seeds, which the message names: running the check again runs the same ones.</remarks>
internal static class SequenceChecks
{
    private const int Sequences = 30;
    private const int Steps = 60;

    public static IEnumerable<ConformanceCheck> All { get; } = [new("Sequences_FromFixedSeeds_DoWhatAListDoes", RunAllAsync)];

    private static async Task RunAllAsync(ConformanceRun run)
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var done = new List<string>();
            try
            {
                await RunAsync(run, new Random(seed), seed, done).ConfigureAwait(false);
            }
            catch (Exception error) when (!run.Token.IsCancellationRequested)
            {
                throw new ConformanceException($"seed {seed}, after {string.Join(", ", done)}: {error.Message}", error);
            }
        }
    }

    private static async Task RunAsync(ConformanceRun run, Random random, int index, List<string> done)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync(index).ConfigureAwait(false);
        var oldest = new EventId(1);
        for (var step = 0; step < Steps; step++)
        {
            var action = random.Next(20);
            switch (action)
            {
                case < 9:
                    done.Add("append");
                    var metadataBytes = random.Next(4) == 0 ? random.Next(12_000) : random.Next(100);
                    var at = SealedBatches.Start.AddSeconds(step);
                    await held.AppendAsync(log, 1 + random.Next(5), 1 + random.Next(3), metadataBytes, at).ConfigureAwait(false);
                    break;
                case < 14:
                    done.Add("read");
                    await ReadAsync(run, random, log, held, oldest).ConfigureAwait(false);
                    break;
                case < 16:
                    done.Add("trim");
                    await TrimAsync(run, random, log, step).ConfigureAwait(false);
                    oldest = CheckTrimmed(log, held, oldest);
                    break;
                case < 17:
                    done.Add("refused append");
                    await Expect.FailsAsync<ArgumentException>(
                        () => log.AppendAsync([SealedBatches.Make(held.Head.Next.Next, log.Epoch, held.Head)]), "an append with a gap")
                        .ConfigureAwait(false);
                    break;
                case < 18:
                    done.Add("new owner");
                    var newer = await run.OpenAsync(index).ConfigureAwait(false);
                    await Expect.FailsAsync<LogFencedException>(
                        () => log.AppendAsync(SealedBatches.Append(log)), "an older owner's append").ConfigureAwait(false);
                    await run.CloseAsync(log).ConfigureAwait(false);
                    log = newer;
                    break;
                default:
                    done.Add("reopen");
                    log = await run.ReopenAsync(log, index).ConfigureAwait(false);
                    break;
            }

            Expect.Same(held.Head, log.Bounds.Head, "the head");
            Expect.Same(oldest, log.Bounds.Oldest, "the oldest event");
        }

        await held.VerifyAsync(log, oldest).ConfigureAwait(false);
        await run.CloseAsync(log).ConfigureAwait(false);
    }

    private static async Task ReadAsync(ConformanceRun run, Random random, IEventLog log, HeldBatches held, EventId oldest)
    {
        if (held.Head < oldest)
        {
            return;
        }

        var after = new EventId(random.NextInt64(oldest.Value - 1, held.Head.Value));
        var maxBytes = 1 << random.Next(20);
        foreach (var batch in await run.ReadAsync(log, after, maxBytes).ConfigureAwait(false))
        {
            held.VerifyOne(batch);
        }
    }

    private static Task TrimAsync(ConformanceRun run, Random random, IEventLog log, int step)
    {
        var retention = new Retention
        {
            MaxAge = random.Next(2) == 0 ? TimeSpan.FromSeconds(1 + random.Next(20)) : null,
            MaxBytes = random.Next(2) == 0 ? 1 + random.NextInt64(log.Bounds.Bytes + 1) : null,
        };
        return run.TrimAsync(log, retention, SealedBatches.Start.AddSeconds(step));
    }

    private static EventId CheckTrimmed(IEventLog log, HeldBatches held, EventId before)
    {
        var oldest = log.Bounds.Oldest;
        Expect.That(
            oldest >= before && oldest <= held.Head.Next,
            $"the oldest event to stay between {before} and the one after the head, {held.Head.Next}; it is {oldest}");
        return oldest;
    }
}
