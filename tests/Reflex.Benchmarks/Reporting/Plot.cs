using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Reflex.Benchmarks.Reporting;

/// <summary>The curves of a scenario, for an SVG file.</summary>
internal sealed class Plot
{
    private const int Width = 800;
    private const int Height = 500;

    private readonly PlotModel _model = new() { Background = OxyColors.White };

    public bool IsEmpty => _model.Series.Count == 0;

    /// <summary>Adds a curve over a logarithmic axis.</summary>
    public void Add(string title, string xTitle, string yTitle, IEnumerable<(double X, double Y)> points)
    {
        if (IsEmpty)
        {
            _model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = xTitle, Base = 2 });
            _model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = yTitle, Minimum = 0, StringFormat = "#,0" });
            _model.Legends.Add(new Legend { LegendPosition = LegendPosition.TopLeft });
        }

        var series = new LineSeries { Title = title, MarkerType = MarkerType.Circle };
        series.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
        _model.Series.Add(series);
    }

    public void Write(string file)
    {
        using var stream = File.Create(file);
        new SvgExporter { Width = Width, Height = Height }.Export(_model, stream);
    }
}
