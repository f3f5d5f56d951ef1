using System.Globalization;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>The names of the files in a partition's folder.</summary>
internal static class PartitionFolder
{
    public const string OwnerName = "owner";

    internal const int IdDigits = 20;

    public static LogCorruptedException OwnerGone(string folder, string how) => new(
        $"The owner file {Path.Combine(folder, OwnerName)} is {how}, and with it the owner's epoch, without which two owners could " +
        "write at once: restore the file from a backup. Nothing was changed.");

    public static string TellRefused(string folder, string name) =>
        $"The partition's folder {folder} holds {PlainText.Of(name)}, which is not the file log's: move it elsewhere.";

    public static bool IsOwn(string name) =>
        name == OwnerName
        || TryParse(name, Segment.FileExtension, out _)
        || TryParse(name, Segment.IndexExtension, out _)
        || TryParse(name, Segment.FileExtension + Segment.UnfinishedExtension, out _);

    /// <summary>Lists the files of a partition.</summary>
    /// <exception cref="StorageRefusedException">A name there looks like the log's and isn't.</exception>
    public static PartitionFiles List(IFileLayer layer, string folder)
    {
        var files = Look(layer, folder);
        return files.Refused is [var first, ..] ? throw new StorageRefusedException(TellRefused(folder, first)) : files;
    }

    /// <summary>Lists the files of a partition, and whatever else is there.</summary>
    public static PartitionFiles Look(IFileLayer layer, string folder)
    {
        var foreign = new List<string>();
        var refused = new List<string>();
        var segments = new SortedList<long, long>();
        var indexes = new Dictionary<long, long>();
        var leftovers = new List<string>();
        var hasOwner = false;
        long bytes = 0;
        foreach (var entry in layer.List(folder) ?? [])
        {
            bytes += entry.Length;
            if (!entry.IsFolder && entry.Name == OwnerName)
            {
                hasOwner = true;
            }
            else if (!entry.IsFolder && TryParse(entry.Name, Segment.FileExtension, out var id))
            {
                segments.Add(id, entry.Length);
            }
            else if (!entry.IsFolder && TryParse(entry.Name, Segment.IndexExtension, out id))
            {
                indexes.Add(id, entry.Length);
            }
            else if (!entry.IsFolder && TryParse(entry.Name, Segment.FileExtension + Segment.UnfinishedExtension, out _))
            {
                leftovers.Add(Path.Combine(folder, entry.Name));
            }
            else
            {
                bytes -= entry.Length;
                (ForeignName.LooksOwn(entry.Name) ? refused : foreign).Add(entry.Name);
            }
        }

        foreach (var id in indexes.Keys.Where(id => !segments.ContainsKey(id)).ToArray())
        {
            leftovers.Add(Segment.PathOf(folder, id, Segment.IndexExtension));
            indexes.Remove(id);
        }

        return new PartitionFiles(hasOwner, segments, indexes, leftovers, bytes, foreign, refused);
    }

    /// <summary>The epoch of a partition's newest owner, or of the mark that it was deleted; 0 when there never was one.</summary>
    /// <remarks>It waits for no lock: what it sees of an owner that is being stored isn't there yet.</remarks>
    /// <exception cref="StorageRefusedException">It is a newer version's, or a name there looks like the log's and isn't.</exception>
    public static long GetEpoch(IFileLayer layer, string folder)
    {
        var files = List(layer, folder);
        var owner = default(OwnerState);
        if (files.HasOwner)
        {
            var path = Path.Combine(folder, OwnerName);
            using var file = layer.Open(path, FileOpening.Read);
            owner = OwnerFile.Read(file, path);
        }

        RequireOwner(files, folder, owner);
        return owner.Current.Epoch;
    }

    /// <exception cref="LogCorruptedException">There are segments, and nothing says who owns them.</exception>
    public static void RequireOwner(PartitionFiles files, string folder, OwnerState owner)
    {
        if (owner.Current.Epoch == 0 && files.Segments.Count > 0)
        {
            throw OwnerGone(folder, !files.HasOwner ? "missing" : owner.IsDamaged ? "damaged" : "empty");
        }
    }

    private static bool TryParse(string name, string extension, out long id)
    {
        id = 0;
        return name.Length == IdDigits + extension.Length && name.EndsWith(extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, IdDigits), NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
    }
}
