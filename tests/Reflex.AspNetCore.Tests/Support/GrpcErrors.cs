using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>What a failed call says.</summary>
internal static class GrpcErrors
{
    /// <summary>Asserts a status of <c>reflex.v1</c> and its reason; answers its facts.</summary>
    public static IDictionary<string, string> AssertV1(RpcException error, StatusCode code, string reason)
    {
        Assert.True(error.StatusCode == code, $"{error.Status} instead of {code}");
        var status = Details(error);
        Assert.Equal((int)code, status.Code);
        Assert.Equal(error.Status.Detail, status.Message);
        var info = Assert.Single(status.Details).Unpack<ErrorInfo>();
        Assert.Equal(("reflex", reason), (info.Domain, info.Reason));
        return info.Metadata;
    }

    /// <summary>Asserts a status of <c>reflexpb</c> and the code in both forms of its details.</summary>
    public static void AssertReflexpb(RpcException error, StatusCode status, string code)
    {
        Assert.True(error.StatusCode == status, $"{error.Status} instead of {status}");
        var details = Details(error).Details;
        Assert.Equal(2, details.Count);
        Assert.Equal(code, Assert.Single(details[0].Unpack<Jettisonpb.Hop>().Errors).Code);
        Assert.Equal(code, details[1].Unpack<Jettisonpb.WrappedError>().Code);
    }

    public static RpcStatus Details(RpcException error) => RpcStatus.Parser.ParseFrom(DetailBytes(error));

    public static byte[] DetailBytes(RpcException error) => error.Trailers.GetValueBytes("grpc-status-details-bin")!;

    /// <summary>Reads responses until the call fails, as a stream always does.</summary>
    public static async Task<(List<T> Responses, RpcException Error)> ReadToEndAsync<T>(
        IAsyncStreamReader<T> reader, CancellationToken cancellationToken)
    {
        var responses = new List<T>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await reader.MoveNext(cancellationToken))
            {
                responses.Add(reader.Current);
            }
        });
        return (responses, error);
    }
}
