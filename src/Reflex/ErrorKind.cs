namespace Reflex;

/// <summary>What kind of failure an error is. The statuses of HTTP and gRPC follow from it.</summary>
public enum ErrorKind
{
    /// <summary>Another failure, which the message tells, and which doesn't pass by itself.</summary>
    Failed,

    /// <summary>It can't be done now; a little later it may.</summary>
    Unavailable,

    /// <summary>There is no room for it now, and nothing of it was done; a little later there may be.</summary>
    Busy,

    /// <summary>The caller has as much going on as it may; when some of that has ended, it may be done.</summary>
    TooMany,

    /// <summary>The cluster has as much as it may: trying again doesn't help.</summary>
    LimitReached,

    /// <summary>The storage is full.</summary>
    NoRoom,

    /// <summary>What was sent is larger than it may be.</summary>
    TooLarge,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>It exists, otherwise than asked for.</summary>
    ExistsOtherwise,

    /// <summary>What it is about is in a state that forbids it, until somebody changes that.</summary>
    Conflict,

    /// <summary>Somebody else has taken over.</summary>
    Replaced,

    /// <summary>Nothing is at that place of a stream yet.</summary>
    OutOfRange,

    /// <summary>What was at that place of a stream isn't there any more.</summary>
    Gone,

    /// <summary>Stored data is damaged.</summary>
    Damaged,

    /// <summary>Who calls isn't known.</summary>
    Unauthenticated,

    /// <summary>Who calls may not do it.</summary>
    Denied,
}
