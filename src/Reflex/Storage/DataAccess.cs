namespace Reflex.Storage;

/// <summary>Who may use what is stored in files, beside the process itself and the machine's administrator.</summary>
public enum DataAccess
{
    /// <summary>
    /// Nobody: folders have the mode 0700 and files 0600, whatever the process' umask, and what was made otherwise is changed at
    /// the start. On Windows the folder above decides.
    /// </summary>
    Owner,

    /// <summary>Whoever the process' umask lets in: what is made has the modes 0777 and 0666 less the umask.</summary>
    Umask,
}
