using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Reflex.Grpc.Errors;

namespace Reflex.Grpc.Tests.Support;

/// <summary>The errors that servers send.</summary>
internal static class Failures
{
    public static RpcException Reflex(StatusCode code, string reason, string text, params (string Name, string Value)[] facts)
    {
        var info = new ErrorInfo { Domain = ErrorReasons.Domain, Reason = reason };
        foreach (var (name, value) in facts)
        {
            info.Metadata.Add(name, value);
        }

        return With(code, text, info);
    }

    public static RpcException With(StatusCode code, string text, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = text };
        status.Details.AddRange(details.Select(detail => Any.Pack(detail)));
        return WithBytes(code, text, status.ToByteArray());
    }

    public static RpcException WithBytes(StatusCode code, string text, byte[] details) =>
        new(new global::Grpc.Core.Status(code, text), new Metadata { { ErrorDecoder.DetailsTrailer, details } });
}
