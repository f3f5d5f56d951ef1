namespace Reflex;

/// <summary>By what clients know an error, whatever they speak. A name stays for ever; each exception states its own, once.</summary>
public sealed record ErrorCode
{
    /// <summary>A code for an exception that clients are to tell from others.</summary>
    /// <param name="name">Words in lower case with hyphens: "cursor-expired".</param>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="title">What has happened, in a few words that fit every such failure.</param>
    public ErrorCode(string name, ErrorKind kind, string title)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(title);
        Name = name;
        Kind = kind;
        Title = title;
        Reason = name.Replace('-', '_').ToUpperInvariant();
    }

    /// <summary>A failure that passes by itself and has no code of its own.</summary>
    public static ErrorCode Unavailable { get; } = new("unavailable", ErrorKind.Unavailable, "Temporarily unavailable");

    /// <summary>A failure that doesn't pass by itself and has no code of its own.</summary>
    public static ErrorCode Failed { get; } = new("failed", ErrorKind.Failed, "Operation failed");

    /// <summary>The end of a problem's type in HTTP: "cursor-expired".</summary>
    public string Name { get; }

    /// <summary>What kind of failure it is.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What has happened, in a few words.</summary>
    public string Title { get; }

    /// <summary>The name as gRPC's details have it: "CURSOR_EXPIRED".</summary>
    public string Reason { get; }
}
