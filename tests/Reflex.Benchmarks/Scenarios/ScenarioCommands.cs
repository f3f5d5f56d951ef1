using System.CommandLine;
using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>A command for each scenario, and the options that all of them have.</summary>
internal sealed class ScenarioCommands
{
    private readonly Option<FileInfo?> _json = new("--json")
    {
        Description = "Also write the figures to this file, as JSON.",
        Recursive = true,
    };

    private readonly Option<FileInfo?> _plot = new("--plot")
    {
        Description = "Also draw the curves, where there are any, into this SVG file.",
        Recursive = true,
    };

    private readonly Option<int> _seconds = new("--seconds")
    {
        Description = "How long each figure is measured.",
        DefaultValueFactory = _ => 9,
        Recursive = true,
    };

    private readonly Option<DirectoryInfo> _folder = new("--folder")
    {
        Description = "A folder on the disk to measure.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
        Recursive = true,
    };

    private readonly Option<string> _only = new("--only")
    {
        Description = "Where systems are compared, measure only those whose name contains this.",
        DefaultValueFactory = _ => "",
        Recursive = true,
    };

    public void AddTo(RootCommand root, IEnumerable<IScenario> scenarios)
    {
        Option[] options = [_json, _plot, _seconds, _folder, _only];
        foreach (var option in options)
        {
            root.Add(option);
        }

        foreach (var scenario in scenarios)
        {
            var command = new Command(scenario.Name, scenario.Description);
            command.SetAction((parsed, cancellationToken) => RunAsync(scenario, parsed, cancellationToken));
            root.Add(command);
        }
    }

    private async Task RunAsync(IScenario scenario, ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(parsed.GetRequiredValue(_folder).FullName, $"reflex-bench-{Path.GetRandomFileName()}");
        var work = Directory.CreateDirectory(folder);
        var duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds));
        var run = new Run(new Report(), new Plot(), work.FullName, duration, parsed.GetRequiredValue(_only));
        Report.Note($"{scenario.Name}: {Machine.Describe()}");
        try
        {
            await scenario.RunAsync(run, cancellationToken);
        }
        finally
        {
            Report.Progress("");
            work.Delete(recursive: true);
        }

        if (parsed.GetValue(_json) is { } file)
        {
            await run.Report.WriteAsync(file.FullName, cancellationToken);
        }

        if (parsed.GetValue(_plot) is { } plot)
        {
            Write(run.Plot, plot);
        }

        Report.Note($"end: {Machine.Describe()}");
    }

    private static void Write(Plot plot, FileInfo file)
    {
        if (plot.IsEmpty)
        {
            Report.LeaveOut(file.Name, "this scenario has no curves");
        }
        else
        {
            plot.Write(file.FullName);
        }
    }
}
