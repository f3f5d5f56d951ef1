namespace Reflex.Grpc.Errors;

/// <summary>
/// How errors are told apart in a status: the reasons of the <c>google.rpc.ErrorInfo</c> of <c>reflex.v1</c>, and the names of the
/// facts in its metadata.
/// </summary>
internal static class ErrorReasons
{
    public const string Domain = "reflex";

    public const string HeadReached = "HEAD_REACHED";
    public const string StreamStopped = "STREAM_STOPPED";
    public const string StreamNotFound = "STREAM_NOT_FOUND";
    public const string StreamConflict = "STREAM_CONFLICT";
    public const string StreamLimit = "STREAM_LIMIT";
    public const string PartitionNotFound = "PARTITION_NOT_FOUND";
    public const string ConsumerNotFound = "CONSUMER_NOT_FOUND";
    public const string ConsumerConflict = "CONSUMER_CONFLICT";
    public const string ConsumerLimit = "CONSUMER_LIMIT";
    public const string ConsumerReplaced = "CONSUMER_REPLACED";
    public const string ConsumerStopped = "CONSUMER_STOPPED";
    public const string SessionEnded = "SESSION_ENDED";
    public const string CursorAhead = "CURSOR_AHEAD";
    public const string CursorExpired = "CURSOR_EXPIRED";
    public const string CursorOfAnotherLife = "CURSOR_OF_ANOTHER_LIFE";
    public const string EventTooLarge = "EVENT_TOO_LARGE";
    public const string LogBusy = "LOG_BUSY";
    public const string LogFull = "LOG_FULL";
    public const string LogFailed = "LOG_FAILED";
    public const string LogCorrupted = "LOG_CORRUPTED";
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string AccessDenied = "ACCESS_DENIED";
    public const string InvalidArgument = "INVALID_ARGUMENT";
    public const string InvalidOperation = "INVALID_OPERATION";
    public const string TooManyStreams = "TOO_MANY_STREAMS";
    public const string ServerBusy = "SERVER_BUSY";
    public const string Unavailable = "UNAVAILABLE";
    public const string Failed = "FAILED";
    public const string Internal = "INTERNAL";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the head is reached.</summary>
    public const string HeadReachedCode = "ERR_b4b155d2a91cfcd0";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the server stops.</summary>
    public const string StreamStoppedCode = "ERR_09290f5944cb8671";
}
