using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Copying;

/// <summary>
/// A data folder that another storage's logs are imported into. Until it is finished no silo takes it, and the next copy goes on with what
/// is there.
/// </summary>
public sealed class DataFolderTarget : IDisposable
{
    private readonly IFileLayer _layer;
    private readonly DataFolder _folder;
    private readonly FileLogProvider _logs;

    private DataFolderTarget(IFileLayer layer, string path)
    {
        _layer = layer;
        _folder = DataFolder.TakeForCopy(layer, path);
        _logs = new FileLogProvider(_folder, layer, isReadOnly: false);
    }

    /// <summary>The folder, absolute.</summary>
    public string Path => _folder.Path;

    /// <summary>Its logs, of use while this object lives.</summary>
    public IEventLogProvider Logs => _logs;

    /// <summary>Whether a folder is a data folder that isn't an unfinished copy: nothing can be imported there.</summary>
    /// <param name="path">The folder, which needn't exist.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsDataFolder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return File.Exists(System.IO.Path.Combine(path, DataFolder.FormatName))
            && !File.Exists(System.IO.Path.Combine(path, DataFolder.CopyingName));
    }

    /// <summary>Makes the folder, or goes on with an unfinished one.</summary>
    /// <param name="path">The folder, which doesn't exist, is empty, or is an unfinished copy. Its parent exists.</param>
    /// <param name="access">Who may use what is made.</param>
    /// <returns>The folder; the caller disposes it.</returns>
    /// <exception cref="StorageRefusedException">
    /// It can't be made, holds something else, or somebody else is copying to it. Nothing in it was changed.
    /// </exception>
    public static DataFolderTarget Begin(string path, DataAccess access = DataAccess.Owner)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new DataFolderTarget(new DiskFileLayer(access), path);
    }

    /// <summary>Lets silos use the folder. Whoever has put something else into it has flushed that.</summary>
    /// <exception cref="StorageRefusedException">It can't be finished.</exception>
    public void Finish()
    {
        try
        {
            _folder.FinishCopy(_layer);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The copy in {Path} can't be finished: {DiskErrors.Tell(error)}", error);
        }
    }

    /// <summary>Gives the folder back, finished or not.</summary>
    public void Dispose()
    {
        _logs.Dispose();
        _folder.Dispose();
    }
}
