namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>What a disk holds after a crash. Its bytes are shared with other images and never changed.</summary>
/// <param name="Names">Files by their number, folders as null.</param>
/// <param name="Contents">The files' bytes by their number.</param>
internal sealed record DiskImage(Dictionary<string, int?> Names, Dictionary<int, byte[]> Contents)
{
    public static DiskImage Empty { get; } = new(new() { ["/"] = null }, []);
}
