using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Storage.FileLog;

/// <summary>A data folder that a silo uses, or not: its logs are read beside it. Nothing in it is changed.</summary>
public sealed class RunningDataFolder : IDisposable
{
    private readonly IFileLayer _layer = new DiskFileLayer();
    private readonly DataFolder _folder;
    private readonly FileLogProvider _logs;

    private RunningDataFolder(string path)
    {
        _folder = DataFolder.LookBeside(_layer, path);
        FileLogVerifier.List(_layer, _folder);
        _logs = new FileLogProvider(_folder, _layer, isReadOnly: true);
    }

    /// <summary>The folder, absolute.</summary>
    public string Path => _folder.Path;

    /// <summary>The folder's logs, to be listed and read; nothing else is done with them.</summary>
    public IEventLogProvider Logs => _logs;

    /// <summary>Looks at a data folder.</summary>
    /// <param name="path">The data folder.</param>
    /// <returns>The folder; the caller disposes it.</returns>
    /// <exception cref="StorageRefusedException">There is none, it can't be read, or something looks like a log and isn't.</exception>
    public static RunningDataFolder Look(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new RunningDataFolder(path);
    }

    /// <summary>Whether a silo uses the folder at the moment.</summary>
    /// <param name="path">The data folder.</param>
    /// <returns>Whether one does.</returns>
    /// <exception cref="StorageRefusedException">It can't be told.</exception>
    public static bool IsInUse(string path)
    {
        try
        {
            return DataFolder.IsInUse(new DiskFileLayer(), path);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be looked at: {DiskErrors.Tell(error)}", error);
        }
    }

    /// <summary>Ends the reading.</summary>
    public void Dispose() => _logs.Dispose();
}
