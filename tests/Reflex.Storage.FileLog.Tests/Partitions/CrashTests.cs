using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class CrashTests
{
    private static readonly Retention Small = new() { MaxBytes = 12_000 };
    private static readonly Retention Short = new() { MaxAge = TimeSpan.FromHours(1) };

    [Theory]
    [InlineData(512, Durability.Flushed)]
    [InlineData(4096, Durability.Flushed)]
    [InlineData(512, Durability.Buffered)]
    public async Task PowerCut_AtAnyCall_LosesNothingAcknowledged(int sectorSize, Durability durability)
    {
        var calls = await CountCallsAsync(durability);
        for (var call = 0; call < calls; call++)
        {
            for (var seed = 0; seed < 4; seed++)
            {
                var random = new Random((call * 100) + seed);
                await using var model = new ModelledLog(new SimulatedDisk(sectorSize), durability);
                var at = call;
                model.Disk.Fault = (number, _) => number >= at ? SimulatedDisk.InputOutputError : null;
                await HistoryAsync(model);
                await model.CutPowerAsync(random);
                Assert.True(await model.OpenAsync(), $"call {call}, seed {seed}");
                await GoOnAsync(model, random);
            }
        }
    }

    [Fact]
    public async Task PowerCut_DuringTheRepairOfAPowerCut_LosesNothingAcknowledged()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            await using var model = new ModelledLog(new SimulatedDisk());
            var at = random.Next(await CountCallsAsync(Durability.Flushed));
            model.Disk.Fault = (number, _) => number >= at ? SimulatedDisk.InputOutputError : null;
            await HistoryAsync(model);
            for (var cut = 0; cut < 4; cut++)
            {
                await model.CutPowerAsync(random);
                var next = random.Next(60);
                model.Disk.Fault = (number, _) => number >= next ? SimulatedDisk.InputOutputError : null;
                await model.OpenAsync();
            }

            await model.CutPowerAsync(random);
            Assert.True(await model.OpenAsync(), $"seed {seed}");
            await GoOnAsync(model, random);
        }
    }

    [Fact]
    public async Task Kill_AtAnyCall_LosesNothingAcknowledged()
    {
        var calls = await CountCallsAsync(Durability.Buffered);
        for (var call = 0; call < calls; call++)
        {
            await using var model = new ModelledLog(new SimulatedDisk(), Durability.Buffered);
            var at = call;
            model.Disk.Fault = (number, _) => number >= at ? SimulatedDisk.InputOutputError : null;
            await HistoryAsync(model);
            await model.KillAsync();
            Assert.True(await model.OpenAsync(), $"call {call}");
            await GoOnAsync(model, new Random(call));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    public async Task AnyCallFails_OnceOrForAWhile_NothingAcknowledgedIsLostAndReopeningServesAgain(int error)
    {
        var calls = await CountCallsAsync(Durability.Flushed);
        for (var call = 0; call < calls; call++)
        {
            foreach (var length in new[] { 1, 3, 30 })
            {
                var random = new Random(call);
                await using var model = new ModelledLog(new SimulatedDisk { FailedWrites = call % 4 / 3.0 });
                var (from, to) = (call, call + length);
                model.Disk.Fault = (number, _) => number >= from && number < to ? new IOException("Simulated", error) : null;
                await HistoryAsync(model);
                model.Disk.Fault = null;
                Assert.True(await model.OpenAsync(), $"call {call}, length {length}");
                await GoOnAsync(model, random);

                // What the failed flush left in memory only would be gone now.
                await model.CutPowerAsync(random);
                Assert.True(await model.OpenAsync(), $"call {call}, length {length}, after a power cut");
            }
        }
    }

    [Fact]
    public async Task History_MakesEveryKindOfCall()
    {
        var kinds = new HashSet<string>();
        await using var model = new ModelledLog(new SimulatedDisk());
        model.Disk.Fault = (_, name) =>
        {
            kinds.Add(name);
            return null;
        };
        await HistoryAsync(model);
        Assert.Equal(
            ["create folder", "delete", "flush", "flush folder", "length", "list", "lock", "open", "read", "rename", "set length",
                "try lock", "write"],
            kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FailedFlush_ThenReopenedAndPowerCut_KeepsWhatTheNewOwnerShowed()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            await using var model = new ModelledLog(new SimulatedDisk());
            Assert.True(await model.OpenAsync());
            Assert.True(await model.AppendAsync(1, 1, 3, 100));
            model.Disk.Fault = (_, name) => name == "flush" ? SimulatedDisk.InputOutputError : null;
            Assert.False(await model.AppendAsync(2, 2, 3, 100));
            model.Disk.Fault = null;
            Assert.True(await model.OpenAsync());
            await model.CutPowerAsync(random);
            Assert.True(await model.OpenAsync());
            await GoOnAsync(model, random);
        }
    }

    /// <summary>
    /// A new folder, appends that fill several segments, a trim, a close, a second owner. It ends early when the disk does.
    /// </summary>
    private static async Task HistoryAsync(ModelledLog model)
    {
        if (!await model.OpenAsync())
        {
            return;
        }

        if (!await model.AppendAsync(1, 1, 1, 10) || !await model.AppendAsync(3, 1, 2, 200) || !await model.AppendAsync(2, 3, 2, 600)
            || !await model.AppendAsync(1, 8, 2, 700))
        {
            return;
        }

        await model.CloseAsync();
        if (!await model.OpenAsync() || !await model.AppendAsync(1, 5, 2, 900))
        {
            return;
        }

        await model.TrimAsync(Small);
        if (!await model.AppendAsync(1, 1, 1, 50) || !await model.OpenAsync() || !await model.AppendAsync(1, 1, 1, 50))
        {
            return;
        }

        await model.TrimAsync(Short, TimeSpan.FromHours(2));
        if (model.Log.Failure is not null || !await model.OpenAsync() || !await model.AppendAsync(1, 8, 2, 700))
        {
            return;
        }

        if (!await model.DeleteAsync() || !await model.OpenAsync() || !await model.AppendAsync(1, 1, 1, 50))
        {
            return;
        }

        await model.CloseAsync();
    }

    /// <summary>The log takes appends again, and they stay.</summary>
    private static async Task GoOnAsync(ModelledLog model, Random random)
    {
        Assert.True(await model.AppendAsync(1, 2, 2, random.Next(500)));
        Assert.True(await model.AppendAsync(2, 1, 1, random.Next(2000)));
        await model.CloseAsync();
        Assert.True(await model.OpenAsync());
    }

    private static async Task<int> CountCallsAsync(Durability durability)
    {
        await using var model = new ModelledLog(new SimulatedDisk(), durability);
        model.Disk.Fault = (_, _) => null;
        await HistoryAsync(model);
        return model.Disk.Calls;
    }
}
