using System.Text.RegularExpressions;
using CsCheck;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class ModelTests(ITestOutputHelper output)
{
    private static readonly Gen<(int Kind, int A, int B, int C)> GenStep =
        Gen.Select(Gen.Int[0, 16], Gen.Int[0, 1000], Gen.Int[1, 5], Gen.Int[1, 4]);

    private static readonly Gen<(int Seed, bool IsBuffered, List<(int Kind, int A, int B, int C)> Steps)> Sequences =
        Gen.Select(Gen.Int, Gen.Bool, GenStep.List[1, 40]);

    /// <summary>Prints the seed of a failing sequence; run it again with the environment variable CsCheck_Seed.</summary>
    [Fact]
    public async Task AnySequenceOfCallsAndCrashes_AgreesWithThePlainModel()
    {
        var (sequences, steps, crashes) = (0, 0, 0);
        await Sequences.SampleAsync(
            async sequence =>
            {
                var survived = await RunAsync(sequence);
                Interlocked.Increment(ref sequences);
                Interlocked.Add(ref steps, sequence.Steps.Count);
                Interlocked.Add(ref crashes, survived);
            },
            iter: 800);
        output.WriteLine($"{sequences} sequences, {steps} steps, {crashes} power cuts and kills");
        Assert.True(crashes > 0);
    }

    /// <summary>What the message of a failing run says is enough to have the run again.</summary>
    [Fact]
    public async Task FailingSequence_SaysASeedThatRepeatsIt()
    {
        var failure = await FailAsync(seed: null);
        var seed = Regex.Match(failure, "\"([0-9a-zA-Z_-]{10,})\"").Groups[1].Value;
        Assert.NotEmpty(seed);
        Assert.Contains($"\"{seed}\"", await FailAsync(seed), StringComparison.Ordinal);
    }

    private static async Task<string> FailAsync(string? seed)
    {
        var error = await Assert.ThrowsAsync<CsCheckException>(() => Sequences.SampleAsync(
            async sequence =>
            {
                await RunAsync(sequence);
                Assert.True(sequence.Steps.Count < 5, "Found.");
            },
            seed: seed,
            iter: seed is null ? 100 : 1,
            threads: 1));
        return error.Message;
    }

    /// <summary>Answers how many crashes the log has survived.</summary>
    private static async Task<int> RunAsync((int Seed, bool IsBuffered, List<(int Kind, int A, int B, int C)> Steps) sequence)
    {
        var random = new Random(sequence.Seed);
        await using var model = new ModelledLog(
            new SimulatedDisk(random.Next(2) == 0 ? 512 : 4096), sequence.IsBuffered ? Durability.Buffered : Durability.Flushed);
        Assert.True(await model.OpenAsync());
        foreach (var step in sequence.Steps)
        {
            await RunAsync(model, random, step);
        }

        return model.Crashes;
    }

    private static async Task RunAsync(ModelledLog model, Random random, (int Kind, int A, int B, int C) step)
    {
        switch (step.Kind)
        {
            case <= 6:
                DateTimeOffset? wrongTime = (step.A % 8) switch
                {
                    0 => TestBatch.Start.AddYears(30),
                    1 => DateTimeOffset.UnixEpoch,
                    _ => null,
                };
                Assert.True(await model.AppendAsync(step.C, step.B, step.B, step.A, wrongTime));
                break;
            case <= 9:
                model.Disk.IsCached = step.C % 2 == 0;
                await model.ReadAsync(step.A, 1 + (step.A * step.B));
                break;
            case 10:
                await model.TrimAsync(new Retention { MaxBytes = 1 + (step.A * 30) });
                break;
            case 11:
                // With a pause before it everything is past the age.
                await model.TrimAsync(
                    new Retention { MaxAge = TimeSpan.FromMinutes(1 + (step.A % 60)) }, TimeSpan.FromHours(step.B == 1 ? 2 : 0));
                break;
            case 12:
                await model.CloseAsync();
                Assert.True(await model.OpenAsync());
                break;
            case 13:
                await model.KillAsync();
                Assert.True(await model.OpenAsync());
                break;
            case 14:
                Assert.True(await model.OpenAsync());
                break;
            case 15:
                Assert.True(await model.DeleteAsync());
                Assert.True(await model.OpenAsync());
                break;
            default:
                model.Disk.IsCached = false;
                var at = step.A % 12;
                var from = model.Disk.Calls;
                model.Disk.Fault = (number, _) => number >= from + at ? SimulatedDisk.InputOutputError : null;
                await model.AppendAsync(step.C, step.B, step.B, step.A);
                await model.CutPowerAsync(random);
                Assert.True(await model.OpenAsync());
                break;
        }
    }
}
