using System.Globalization;

namespace Reflex.Cluster.Tests.History;

/// <summary>Which event it is, whatever became of it: who appended it, and the how manieth of that appender it is.</summary>
/// <param name="Appender">The appender's number.</param>
/// <param name="Number">From 0.</param>
internal readonly record struct Identity(int Appender, long Number)
{
    /// <summary>Reads an event's metadata.</summary>
    public static Identity Parse(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        return new Identity(
            int.Parse(text[..colon], CultureInfo.InvariantCulture), long.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>As it stands in an event's metadata.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Appender}:{Number}");
}
