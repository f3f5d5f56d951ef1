using System.Globalization;
using Reflex.Cursors;
using Reflex.Storage.FileLog.Files;
using Reflex.Streams;

namespace Reflex.Storage.FileLog;

/// <summary>The names of the folders above the partitions' files.</summary>
internal static class StreamsFolder
{
    /// <summary>The streams' folders.</summary>
    public static FolderNames ListStreams(IFileLayer layer, string streamsPath) =>
        List(layer, streamsPath, IsStream);

    /// <summary>The partitions' folders of a stream.</summary>
    public static FolderNames ListPartitions(IFileLayer layer, string streamPath) =>
        List(layer, streamPath, name => IndexOf(name) is not null);

    public static PartitionId PartitionOf(string stream, string folder) => new(stream, IndexOf(folder)!.Value);

    private static FolderNames List(IFileLayer layer, string path, Func<string, bool> isOwn)
    {
        var own = new List<string>();
        var foreign = new List<string>();
        var refused = new List<string>();
        foreach (var entry in layer.List(path) ?? [])
        {
            var names = entry.IsFolder && isOwn(entry.Name) ? own : ForeignName.LooksOwn(entry.Name) ? refused : foreign;
            names.Add(entry.Name);
        }

        return new FolderNames(own, foreign, refused);
    }

    private static int? IndexOf(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index < Cursor.MaxPartitions
        && name == index.ToString(CultureInfo.InvariantCulture)
            ? index
            : null;

    private static bool IsStream(string name)
    {
        try
        {
            return !StreamName.Parse(name).IsDefault;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
