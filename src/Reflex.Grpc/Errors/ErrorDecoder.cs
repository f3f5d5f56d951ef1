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
                return Make(info.Reason, new ErrorFacts(info.Metadata, context), text, error, context);
            }
        }

        return null;
    }

    private static Exception? DecodeCodes(Google.Rpc.Status status, string text, RpcException error, in CallContext context)
    {
        foreach (var (reason, facts) in status.Details.SelectMany(JettisonErrors.In))
        {
            if (Make(reason, new ErrorFacts(facts, context), text, error, context) is { } made)
            {
                return made;
            }
        }

        return null;
    }

    private static Exception? Make(
        string reason, ErrorFacts facts, string text, RpcException error, in CallContext context) => reason switch
    {
        ErrorReasons.HeadReached => WithMessage(new HeadReachedException(facts.Stream), text),
        ErrorReasons.StreamStopped => WithMessage(new StreamStoppedException(facts.Stream), text),
        ErrorReasons.StreamNotFound => WithMessage(new StreamNotFoundException(facts.Stream, [], others: null), text),
        ErrorReasons.StreamConflict => WithMessage(MakeConflict(facts), text),
        ErrorReasons.StreamLimit => WithMessage(
            new StreamLimitException(facts.Stream, facts.Count("limit"), "the server"), text),
        ErrorReasons.PartitionNotFound => WithMessage(
            new PartitionNotFoundException(facts.Stream, facts.Count("partition"), facts.Count("partitions")), text),
        ErrorReasons.ConsumerNotFound => WithMessage(new ConsumerNotFoundException(facts.Consumer, [], others: null), text),
        ErrorReasons.ConsumerConflict => WithMessage(new ConsumerConflictException(facts.Consumer), text),
        ErrorReasons.ConsumerLimit => WithMessage(
            new ConsumerLimitException(facts.Consumer, facts.Count("limit"), "the server"), text),
        ErrorReasons.ConsumerReplaced => WithMessage(new ConsumerReplacedException(facts.Consumer), text),
        ErrorReasons.ConsumerStopped => WithMessage(new ConsumerStoppedException(facts.Consumer), text),
        ErrorReasons.SessionEnded => WithMessage(new SessionEndedException(facts.Consumer), text),
        ErrorReasons.CursorAhead => WithMessage(
            new CursorAheadException(facts.Partition, facts.Id("cursor"), facts.Id("head")), text),
        ErrorReasons.CursorExpired => WithMessage(
            new CursorExpiredException(facts.Partition, facts.Id("cursor"), facts.Id("oldest")), text),
        ErrorReasons.CursorOfAnotherLife => WithMessage(
            new CursorOfAnotherLifeException(facts.Partition, facts.Place("cursor"), facts.Number("foundEpoch")), text),
        ErrorReasons.EventTooLarge => WithMessage(
            new EventTooLargeException("The append", facts.Number("size"), facts.Number("limit"), "append less at once"), text),
        ErrorReasons.LogBusy => WithMessage(new LogBusyException(facts.Partition, facts.Number("limit")), text),
        ErrorReasons.LogFull => WithMessage(new LogFullException(facts.Partition, "its storage", error), text),
        ErrorReasons.LogFailed => WithMessage(new LogFailedException(facts.Partition, text, error), text),
        ErrorReasons.LogCorrupted => new LogCorruptedException(text, error),
        ErrorReasons.InvalidArgument => new ArgumentException(text, error),
        ErrorReasons.InvalidOperation => new InvalidOperationException(text, error),
        ErrorReasons.Unauthenticated or ErrorReasons.AccessDenied =>
            new RemoteCallException(text, error.StatusCode.ToString(), isTransient: false, error),
        ErrorReasons.TooManyStreams => new RemoteCallException(text, error.StatusCode.ToString(), isTransient: true, error),
        ErrorReasons.ServerBusy => new ServerBusyException(text, error),
        ErrorReasons.Unavailable => WithMessage(new ClusterUnavailableException(context.What, error), text),
        _ => null,
    };

    private static StreamConflictException MakeConflict(ErrorFacts facts)
    {
        StreamDefinition Of(string fact) => new(facts.Stream, Math.Clamp(facts.Count(fact), 1, Cursor.MaxPartitions));
        return new StreamConflictException(Of("storedPartitions"), Of("requestedPartitions"));
    }

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
