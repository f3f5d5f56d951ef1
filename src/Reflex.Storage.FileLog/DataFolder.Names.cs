using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog;

internal sealed partial class DataFolder
{
    /// <summary>Refuses what looks like a part of a data folder and isn't; answers the names that are somebody else's.</summary>
    /// <remarks>A folder that isn't a data folder yet is somebody else's altogether, if anything in it was put there by people.</remarks>
    private static List<string> CheckNames(IFileLayer layer, string path, bool isCopy = false)
    {
        var names = layer.List(path) ?? [];
        var isMade = names.Any(entry => entry is { Name: FormatName, IsFolder: false });
        var isUnfinished = names.Any(entry => entry is { Name: CopyingName, IsFolder: false });
        if (isUnfinished && !isCopy)
        {
            throw new StorageRefusedException(
                $"The data folder {path} is a copy that isn't finished: run the same 'reflex copy' again, or remove the folder.");
        }

        var foreign = new List<string>();
        foreach (var entry in names.Where(entry => !IsOwn(entry) && !(isUnfinished && entry.Name == CopyingName)))
        {
            if (ForeignName.LooksOwn(entry.Name) || (!isMade && !ForeignName.IsSystems(entry.Name)))
            {
                throw new StorageRefusedException(
                    $"The data folder {path} holds {PlainText.Of(entry.Name)}, which is not Reflex's: " +
                    "name a folder of its own, or move that elsewhere.");
            }

            foreign.Add(entry.Name);
        }

        return foreign;
    }

    public static bool IsOwn(FileEntry entry) => entry.IsFolder
        ? entry.Name == StreamsName
        : entry.Name is FormatName or UnfinishedName or LockName or DatabaseName
            || entry.Name.StartsWith(DatabaseName + "-", StringComparison.Ordinal);
}
