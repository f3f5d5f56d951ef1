using System.Text.Json;
using System.Text.RegularExpressions;
using Reflex.Cli.Tests.Support;
using Reflex.Silo.Tests.Support;

namespace Reflex.Cli.Tests;

public sealed class VerifyTests
{
    [Fact]
    public async Task Verify_SoundAndThenDamaged_EndsWithWhatItFound()
    {
        string folder;
        await using (var silo = await StockSilo.StartAsync())
        {
            folder = Path.Combine(silo.Folder, "data");
            (await Tool.RunAsync("append", "demo", "--type", "1", "--foreign-id", "a", "--server", silo.GrpcUrl)).Done();
            Assert.Contains("in use", (await Tool.RunAsync("verify", folder)).Sentence(ExitCodes.Misused), StringComparison.Ordinal);
            await silo.Process.TerminateAsync();
        }

        var sound = JsonElement.Parse((await Tool.RunAsync("verify", folder, "--json")).Done());
        Assert.True(sound.GetProperty("isSound").GetBoolean());
        Assert.Equal("Sound", sound.GetProperty("verdict").GetString());
        Assert.Empty(sound.GetProperty("findings").EnumerateArray());
        Assert.Equal("sound", sound.GetProperty("logs")[0].GetProperty("state").GetString());
        await SameAsTheSilosOwnAsync(folder, code: 0);

        var segment = Directory.EnumerateFiles(Path.Combine(folder, "streams", "demo", "0"), "*.log").Single();
        await using (var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = file.Length - 1;
            var last = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(last ^ 1));
        }

        var damaged = await Tool.RunAsync("verify", folder);
        Assert.Equal(ExitCodes.Failed, damaged.Code);
        Assert.Contains("DAMAGED", damaged.Output, StringComparison.Ordinal);
        await SameAsTheSilosOwnAsync(folder, code: 1);
        var nowhere = Path.Combine(folder, "nowhere");
        Assert.Contains("no data folder", (await Tool.RunAsync("verify", nowhere)).Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Equal(2, (await DataFolders.RunAsync(folder, "verify", nowhere)).Code);
    }

    [Fact]
    public async Task Verify_DatabaseThatIsDamaged_SaysWhatTheSilosOwnSays()
    {
        var folder = Path.Combine(await DataFolders.StoppedAsync(), "data");
        await using (var file = new FileStream(Path.Combine(folder, "reflex.db"), FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 3;
            file.WriteByte(0);
        }

        Assert.Contains("reflex.db is damaged", await SameAsTheSilosOwnAsync(folder, code: 1), StringComparison.Ordinal);
        var json = JsonElement.Parse((await Tool.RunAsync("verify", folder, "--json")).Output);
        Assert.Equal("damage", json.GetProperty("findings")[0].GetProperty("kind").GetString());
        Assert.Equal("DAMAGED", json.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Verify_LogOfAnEarlierMomentThanItsIndexBesideForeignFiles_SaysSo()
    {
        string folder;
        await using (var silo = await StockSilo.StartAsync())
        {
            folder = Path.Combine(silo.Folder, "data");
            for (var i = 0; i < 4; i++)
            {
                (await Tool.RunAsync(
                    "append", "demo", "--type", "1", "--foreign-id", "a", "--metadata", new string('x', 30_000), "--server", silo.GrpcUrl))
                    .Done();
            }

            await silo.Process.TerminateAsync();
        }

        var partition = Path.Combine(folder, "streams", "demo", "0");
        await using (var log = File.OpenWrite(Directory.EnumerateFiles(partition, "*.log").Single()))
        {
            log.SetLength(log.Length / 4);
        }

        foreach (var place in new[] { folder, partition })
        {
            await File.WriteAllTextAsync(Path.Combine(place, ".DS_Store"), "", TestContext.Current.CancellationToken);
        }

        var mixed = await Tool.RunAsync("verify", folder);
        Assert.Equal(ExitCodes.Failed, mixed.Code);
        Assert.Contains(" MIXED\n", mixed.Output, StringComparison.Ordinal);
        Assert.Equal(2, mixed.Output.Split('\n').Count(line => line.Contains("holds .DS_Store", StringComparison.Ordinal)));
        var json = JsonElement.Parse((await Tool.RunAsync("verify", folder, "--json")).Output);
        Assert.Equal(2, json.GetProperty("notes").GetArrayLength());
        await SameAsTheSilosOwnAsync(folder, code: 1);
    }

    /// <summary>The silo's command and the tool's end and print alike, but for how long it took.</summary>
    private static async Task<string> SameAsTheSilosOwnAsync(string folder, int code)
    {
        var own = await DataFolders.RunAsync(folder, "verify", folder);
        var tool = await Tool.RunAsync("verify", folder);
        Assert.Equal((code, code), (own.Code, tool.Code));
        Assert.Equal(Timeless(own.Printed), Timeless(tool.Output));
        return tool.Output;
    }

    private static string Timeless(string printed) => Regex.Replace(printed, "read in .*", "read.");
}
