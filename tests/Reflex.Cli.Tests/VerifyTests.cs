using System.Text.Json;
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
            Assert.Contains("in use", (await Tool.RunAsync("verify", folder)).Sentence(ExitCodes.Failed), StringComparison.Ordinal);
            await silo.Process.TerminateAsync();
        }

        var sound = JsonElement.Parse((await Tool.RunAsync("verify", folder, "--json")).Done());
        Assert.False(sound.GetProperty("isDamaged").GetBoolean());
        Assert.False(sound.GetProperty("cursorsVerified").GetBoolean());
        Assert.EndsWith(
            "Cursors and stream definitions were not verified: the silo's own verify does that, too.\n",
            (await Tool.RunAsync("verify", folder)).Done(),
            StringComparison.Ordinal);
        Assert.Contains("the silo's own verify does", (await Tool.RunAsync("verify", "--help")).Done(), StringComparison.Ordinal);
        Assert.Equal("sound", sound.GetProperty("logs")[0].GetProperty("state").GetString());

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
        Assert.Contains(" MIXED ", mixed.Output, StringComparison.Ordinal);
        Assert.Equal(2, mixed.Output.Split('\n').Count(line => line.Contains("holds .DS_Store", StringComparison.Ordinal)));
        var json = JsonElement.Parse((await Tool.RunAsync("verify", folder, "--json")).Output);
        Assert.Equal(2, json.GetProperty("notes").GetArrayLength());
    }
}
