using System.Collections.ObjectModel;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Reflex.Consumers;
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

        // Of the server's own, whose types aren't here.
        "UNAUTHENTICATED" or "ACCESS_DENIED" =>
            new RemoteCallException(text, error.StatusCode.ToString(), isTransient: false, error),
        "TOO_MANY_STREAMS" or "RATE_EXCEEDED" => new RemoteCallException(text, error.StatusCode.ToString(), isTransient: true, error),
        _ => KnownErrors.Make(reason, text, facts, context.What, error),
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
                return MakeBare(HeadReachedException.ToldAs, error, context);
            case StatusCode.Aborted when context.IsSession:
                return MakeBare(ConsumerReplacedException.ToldAs, error, context);
        }

        return new RemoteCallException(
            $"Could not {context.What}: {context.ServerName} answered {error.StatusCode} ({text}).",
            error.StatusCode.ToString(),
            isTransient: error.StatusCode is StatusCode.ResourceExhausted or StatusCode.Aborted,
            error);
    }

    /// <summary>What a bare status means on such a call, of the call's own stream and consumer.</summary>
    private static Exception MakeBare(ErrorCode code, RpcException error, in CallContext context) =>
        Make(code.Reason, ReceivedFacts.Read(ReadOnlyDictionary<string, string>.Empty, context), error.Status.Detail, error, context)!;
}
