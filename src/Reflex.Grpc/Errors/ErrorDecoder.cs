using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>
/// Makes a failed call's status the typed error that it stands for: by the <c>google.rpc.ErrorInfo</c> of <c>reflex.v1</c>, by the
/// codes of luno/reflex, or by the bare status.
/// </summary>
internal static class ErrorDecoder
{
    public const string DetailsTrailer = "grpc-status-details-bin";

    // Of what has no code of its own, only what passes is known: the rest says no more than its status.
    private static readonly Dictionary<string, Func<RemoteError, ReflexException>> Known = new()
    {
        [HeadReachedException.ToldAs.Reason] = HeadReachedException.Of,
        [StreamStoppedException.ToldAs.Reason] = StreamStoppedException.Of,
        [StreamNotFoundException.ToldAs.Reason] = StreamNotFoundException.Of,
        [StreamConflictException.ToldAs.Reason] = StreamConflictException.Of,
        [StreamBeingDeletedException.ToldAs.Reason] = StreamBeingDeletedException.Of,
        [StreamReplacedException.ToldAs.Reason] = StreamReplacedException.Of,
        [StreamLimitException.ToldAs.Reason] = StreamLimitException.Of,
        [PartitionNotFoundException.ToldAs.Reason] = PartitionNotFoundException.Of,
        [ConsumerNotFoundException.ToldAs.Reason] = ConsumerNotFoundException.Of,
        [ConsumerConflictException.ToldAs.Reason] = ConsumerConflictException.Of,
        [ConsumerBeingRemovedException.ToldAs.Reason] = ConsumerBeingRemovedException.Of,
        [ConsumerLimitException.ToldAs.Reason] = ConsumerLimitException.Of,
        [ConsumerReplacedException.ToldAs.Reason] = ConsumerReplacedException.Of,
        [ConsumerStoppedException.ToldAs.Reason] = ConsumerStoppedException.Of,
        [SessionEndedException.ToldAs.Reason] = SessionEndedException.Of,
        [CursorAheadException.ToldAs.Reason] = CursorAheadException.Of,
        [CursorExpiredException.ToldAs.Reason] = CursorExpiredException.Of,
        [CursorOfAnotherLifeException.ToldAs.Reason] = CursorOfAnotherLifeException.Of,
        [EventTooLargeException.ToldAs.Reason] = EventTooLargeException.Of,
        [LogBusyException.ToldAs.Reason] = LogBusyException.Of,
        [UpgradeUnfinishedException.ToldAs.Reason] = UpgradeUnfinishedException.Of,
        [LogFullException.ToldAs.Reason] = LogFullException.Of,
        [LogFailedException.ToldAs.Reason] = LogFailedException.Of,
        [LogCorruptedException.ToldAs.Reason] = LogCorruptedException.Of,
        [ServerBusyException.ToldAs.Reason] = ServerBusyException.Of,
        [ErrorCode.Unavailable.Reason] = ClusterUnavailableException.Of,
    };

    /// <summary>The error of a call that its caller didn't cancel.</summary>
    public static Exception Decode(RpcException error, in CallContext context)
    {
        var text = error.Status.Detail;
        try
        {
            if (ReadDetails(error) is { } status
                && (DecodeInfo(status, text, error, context) ?? DecodeCodes(status, text, error, context)) is { } decoded)
            {
                return decoded;
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // What the status alone says is left.
        }

        return DecodeBare(error, context);
    }

    private static Google.Rpc.Status? ReadDetails(RpcException error)
    {
        var entry = error.Trailers.FirstOrDefault(trailer => trailer is { IsBinary: true, Key: DetailsTrailer });
        return entry is null ? null : Google.Rpc.Status.Parser.ParseFrom(entry.ValueBytes);
    }

    private static Exception? DecodeInfo(Google.Rpc.Status status, string text, RpcException error, in CallContext context)
    {
        foreach (var detail in status.Details)
        {
            if (detail.TryUnpack<ErrorInfo>(out var info) && info.Domain == ErrorReasons.Domain)
            {
                return Make(info.Reason, ReceivedFacts.Read(info.Metadata, context), text, error, context);
            }
        }

        return null;
    }

    private static Exception? DecodeCodes(Google.Rpc.Status status, string text, RpcException error, in CallContext context)
    {
        foreach (var (reason, facts) in status.Details.SelectMany(JettisonErrors.In))
        {
            if (Make(reason, ReceivedFacts.Read(facts, context), text, error, context) is { } made)
            {
                return made;
            }
        }

        return null;
    }

    private static Exception? Make(
        string reason, ErrorFacts facts, string text, RpcException error, in CallContext context) => reason switch
    {
        ErrorReasons.InvalidArgument => new ArgumentException(text, error),
        ErrorReasons.InvalidOperation => new InvalidOperationException(text, error),
        _ when Known.TryGetValue(reason, out var make) => WithMessage(make(new RemoteError(text, facts, context.What, error)), text),

        // Of the server's own, whose types aren't here.
        "UNAUTHENTICATED" or "ACCESS_DENIED" =>
            new RemoteCallException(text, error.StatusCode.ToString(), isTransient: false, error),
        "TOO_MANY_STREAMS" => new RemoteCallException(text, error.StatusCode.ToString(), isTransient: true, error),
        _ => null,
    };

    private static Exception DecodeBare(RpcException error, in CallContext context)
    {
        if (ConnectionErrors.Of(error, context) is { } ofConnection)
        {
            return ofConnection;
        }

        var text = error.Status.Detail;
        switch (error.StatusCode)
        {
            case StatusCode.InvalidArgument:
                return new ArgumentException(text, error);
            case StatusCode.FailedPrecondition:
                return new InvalidOperationException(text, error);
            case StatusCode.OutOfRange when context.IsToHead:
                return WithMessage(new HeadReachedException(context.Stream), text);
            case StatusCode.Aborted when context.IsSession:
                return WithMessage(new ConsumerReplacedException(new ConsumerId(context.Stream, context.Consumer)), text);
        }

        return new RemoteCallException(
            $"Could not {context.What}: {context.ServerName} answered {error.StatusCode} ({text}).",
            error.StatusCode.ToString(),
            isTransient: error.StatusCode is StatusCode.ResourceExhausted or StatusCode.Aborted,
            error);
    }

    private static T WithMessage<T>(T error, string text)
        where T : ReflexException
    {
        if (text.Length > 0)
        {
            error.SetRemoteMessage(text);
        }

        return error;
    }
}
