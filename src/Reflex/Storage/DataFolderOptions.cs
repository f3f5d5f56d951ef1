namespace Reflex.Storage;

/// <summary>Where everything that is stored in files of this process lives: the file log, the embedded grain storage.</summary>
public sealed class DataFolderOptions
{
    /// <summary>The folder, absolute or relative to the process' working directory. It is made when it is missing.</summary>
    /// <value>The default is <c>data</c>.</value>
    public string Path { get; set; } = "data";

    /// <summary>Who may use the folder and what is in it, beside the process itself.</summary>
    /// <value>The default is <see cref="DataAccess.Owner"/>: nobody.</value>
    public DataAccess Access { get; set; } = DataAccess.Owner;
}
