using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Jettisonpb;
using Reflex.Grpc.Errors;
using CallStatus = Grpc.Core.Status;
using RpcStatus = Google.Rpc.Status;

namespace Reflex.AspNetCore.Errors;

/// <summary>Puts errors into a failed call's status, whose details are in the trailer <see cref="DetailsTrailer"/>.</summary>
internal static class StatusEncoder
{
    public const string DetailsTrailer = "grpc-status-details-bin";

    // The program's name, which clients of luno/reflex print with an error.
    private const string Binary = "reflex";

    /// <summary>The status of <c>reflex.v1</c>, with a <c>google.rpc.ErrorInfo</c>.</summary>
    public static RpcException ToV1(ErrorStatus error)
    {
        var info = new ErrorInfo { Domain = ErrorReasons.Domain, Reason = error.Reason };
        foreach (var (fact, value) in error.Facts)
        {
            info.Metadata[fact] = value;
        }

        return Encode(error, Any.Pack(info));
    }

    /// <summary>The status of <c>reflexpb</c>, with the details that clients of luno/reflex know errors by.</summary>
    /// <param name="error">What the caller is to be told.</param>
    /// <param name="hopOnly">Whether to send the older form alone, for clients that refuse every other.</param>
    public static RpcException ToReflexpb(ErrorStatus error, bool hopOnly)
    {
        var code = ErrorReasons.ToCode(error.Reason);
        var facts = error.Facts.Select(fact => new KeyValue { Key = fact.Key, Value = fact.Value }).ToArray();
        var hop = new Hop
        {
            Binary = Binary,
            Errors = { new Error { Message = error.Message, Code = code, Parameters = { facts } } },
        };
        var wrapped = new WrappedError { Message = error.Message, Binary = Binary, Code = code, KeyValues = { facts } };
        return hopOnly ? Encode(error, Any.Pack(hop)) : Encode(error, Any.Pack(hop), Any.Pack(wrapped));
    }

    private static RpcException Encode(ErrorStatus error, params ReadOnlySpan<Any> details)
    {
        var trailers = new Metadata();
        if (error.Reason.Length > 0)
        {
            var status = new RpcStatus { Code = (int)error.Code, Message = error.Message };
            status.Details.AddRange(details.ToArray());
            trailers.Add(DetailsTrailer, status.ToByteArray());
        }

        return new RpcException(new CallStatus(error.Code, error.Message), trailers);
    }
}
