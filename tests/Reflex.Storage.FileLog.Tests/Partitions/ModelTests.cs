using CsCheck;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class ModelTests
{
    private static readonly Gen<(int Kind, int A, int B, int C)> GenStep =
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 1000], Gen.Int[1, 5], Gen.Int[1, 4]);

    /// <summary>Prints the seed of a failing sequence; run it again with the environment variable CsCheck_Seed.</summary>
    [Fact]
    public async Task AnySequenceOfCallsAndCrashes_AgreesWithThePlainModel() =>
        await Gen.Select(Gen.Int, Gen.Bool, GenStep.List[1, 40]).SampleAsync(
            async (seed, isBuffered, steps) =>
            {
                var random = new Random(seed);
                await using var model = new ModelledLog(
                    new SimulatedDisk(random.Next(2) == 0 ? 512 : 4096), isBuffered ? Durability.Buffered : Durability.Flushed);
                Assert.True(await model.OpenAsync());
                foreach (var step in steps)
                {
                    await RunAsync(model, random, step);
                }
            },
            iter: 800);

    private static async Task RunAsync(ModelledLog model, Random random, (int Kind, int A, int B, int C) step)
    {
        switch (step.Kind)
        {
            case <= 6:
                Assert.True(await model.AppendAsync(step.C, step.B, step.B, step.A));
                break;
            case <= 9:
                await model.ReadAsync(step.A, 1 + (step.A * step.B));
                break;
            case 10:
                await model.TrimAsync(new Retention { MaxBytes = 1 + (step.A * 30) });
                break;
            case 11:
                await model.TrimAsync(new Retention { MaxAge = TimeSpan.FromMinutes(1 + (step.A % 60)) });
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
            default:
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
