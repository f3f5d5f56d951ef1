using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;

namespace Reflex.Storage.FileLog;

internal sealed partial class DataFolder
{
    /// <summary>
    /// Closes to other users what an older version, or another umask, has left open. Answers what it may not change.
    /// </summary>
    /// <remarks>
    /// A closed folder closes everything in it but what a link in it leads to. So a folder is changed after what it holds, and the data
    /// folder last: a change that was interrupted goes on at the next start, and a start that finds a closed folder looks for links only.
    /// </remarks>
    private List<string> MakePrivate(IFileLayer layer)
    {
        var leftOpen = new List<string>();
        MakePrivate(Path, isReachable: true, isOpen =>
        {
            MakePrivate(StreamsPath, isOpen, MakeStreamsPrivate);
            MakeFilesPrivate(Path, isOpen ? (layer.List(Path) ?? []).Where(IsOwn) : []);
        });
        return leftOpen;

        void MakeStreamsPrivate(bool isReachable)
        {
            foreach (var stream in StreamsFolder.ListStreams(layer, StreamsPath).Own.Select(name => In(StreamsPath, name)))
            {
                MakePrivate(stream, isReachable, isStreamOpen =>
                {
                    foreach (var partition in StreamsFolder.ListPartitions(layer, stream).Own.Select(name => In(stream, name)))
                    {
                        MakePrivate(partition, isStreamOpen, isOpen => MakeFilesPrivate(
                            partition, isOpen ? (layer.List(partition) ?? []).Where(entry => PartitionFolder.IsOwn(entry.Name)) : []));
                    }
                });
            }
        }

        void MakePrivate(string folder, bool isReachable, Action<bool> makeContentPrivate)
        {
            var isOpen = (isReachable || IsLink(folder)) && !layer.IsPrivate(folder);
            makeContentPrivate(isOpen);
            if (isOpen)
            {
                TryMakePrivate(folder);
            }
        }

        void MakeFilesPrivate(string folder, IEnumerable<FileEntry> entries)
        {
            foreach (var file in entries.Where(entry => !entry.IsFolder))
            {
                TryMakePrivate(In(folder, file.Name));
            }
        }

        void TryMakePrivate(string path)
        {
            try
            {
                layer.MakePrivate(path);
            }
            catch (Exception error) when (DiskErrors.IsDisk(error))
            {
                leftOpen.Add(path);
            }
        }
    }

    private static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);
}
