using System.Buffers.Binary;
using System.Diagnostics;
using Reflex.Cli.Output;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cli.Benchmarks;

/// <summary>What load to put on which stream.</summary>
internal sealed record LoadPlan(IEventStream Stream, TimeSpan Duration, int Callers, int MetadataBytes, ProgressLine Progress)
{
    /// <summary>Metadata begin with the moment for which their event was intended.</summary>
    public const int MinMetadataBytes = sizeof(long);

    /// <summary>An event that tells when it was meant to be appended.</summary>
    public NewEvent Event(long number, long intended)
    {
        var metadata = new byte[MetadataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(metadata, intended);
        return new NewEvent(1, $"user-{number % 1_000_000}") { Metadata = metadata };
    }

    /// <summary>Whether an event is one of a paced load, and not one that only tells that the stream has begun.</summary>
    public static bool IsIntended(Event e) =>
        e.Metadata.Length >= MinMetadataBytes && BinaryPrimitives.ReadInt64LittleEndian(e.Metadata.Span) != 0;

    /// <summary>How long ago an event was meant to be appended.</summary>
    public static TimeSpan Age(Event e) => Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(e.Metadata.Span));
}
