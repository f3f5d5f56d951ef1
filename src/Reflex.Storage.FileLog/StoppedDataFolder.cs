using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Storage.FileLog;

/// <summary>A data folder that no silo uses, or begins to use, while this object lives. Nothing in it is changed.</summary>
public sealed class StoppedDataFolder : IDisposable
{
    private readonly IFileLayer _layer = new DiskFileLayer();
    private readonly DataFolder _folder;
    private FileLogProvider? _logs;

    private StoppedDataFolder(string path) => _folder = DataFolder.Look(_layer, path);

    /// <summary>The folder, absolute.</summary>
    public string Path => _folder.Path;

    /// <summary>Keeps silos from a data folder.</summary>
    /// <param name="path">The data folder.</param>
    /// <returns>The folder; the caller disposes it.</returns>
    /// <exception cref="StorageRefusedException">There is none, it can't be read, or a silo uses it.</exception>
    public static StoppedDataFolder Hold(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new StoppedDataFolder(path);
    }

    /// <summary>The folder's logs, of use while this object lives, to be listed and read; nothing else is done with them.</summary>
    /// <returns>The logs, always the same.</returns>
    /// <exception cref="StorageRefusedException">Something looks like a log and isn't.</exception>
    public IEventLogProvider OpenLogs()
    {
        // Of what is passed over at a start an operator is warned; here nobody would hear it.
        FileLogVerifier.List(_layer, _folder);
        return _logs ??= new FileLogProvider(_folder, _layer, isReadOnly: true);
    }

    /// <summary>A verifier of the folder, of use while this object lives.</summary>
    /// <returns>The verifier.</returns>
    public FileLogVerifier CreateVerifier() => new(_folder, _layer);

    /// <summary>Lets silos use the folder again.</summary>
    public void Dispose()
    {
        _logs?.Dispose();
        _folder.Dispose();
    }
}
