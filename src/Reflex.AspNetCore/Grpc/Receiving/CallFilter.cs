using System.IO.Pipelines;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>Lets a call in by its headers alone, before a byte of its messages is read, and then its messages within limits.</summary>
/// <remarks>What is refused here is answered with a status among the headers and no body, which the protocol calls trailers only.</remarks>
internal static class CallFilter
{
    /// <summary>Puts the filter before every method of a service.</summary>
    /// <param name="service">A mapped service.</param>
    /// <param name="rules">What its methods need, and take.</param>
    public static TBuilder Admit<TBuilder>(this TBuilder service, CallRules rules)
        where TBuilder : IEndpointConventionBuilder
    {
        service.Add(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                var method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method;
                endpoint.RequestDelegate = http => AdmitAsync(http, method, rules, next);
            }
        });
        return service;
    }

    private static async Task AdmitAsync(HttpContext http, IMethod? method, CallRules rules, RequestDelegate next)
    {
        var errors = http.RequestServices.GetRequiredService<CallErrors>();
        using var share = http.RequestServices.GetRequiredService<ReceivingBudget>().Open();
        IDisposable? stream = null;
        try
        {
            if (rules.NeedsCaller)
            {
                await http.RequestServices.GetRequiredService<AccessGuard>().RequireCallerAsync(http);
            }

            // What isn't gRPC, and what is no method, gRPC refuses without reading it.
            if (method is not null && IsGrpc(http.Request))
            {
                stream = method.Type == MethodType.Unary ? null : EnterStream(http);
                await ReceiveAsync(http, method, rules, share);
            }
        }
        catch (Exception error)
        {
            stream?.Dispose();
            errors.Refuse(error, http);
            return;
        }

        using (stream)
        {
            await next(http);
        }
    }

    private static IDisposable EnterStream(HttpContext http) => http.RequestServices.GetRequiredService<StreamLimit>().Enter(
        http, http.RequestServices.GetRequiredService<IOptions<ReflexGrpcOptions>>().Value.MaxStreamsPerClient);

    private static async ValueTask ReceiveAsync(HttpContext http, IMethod method, CallRules rules, ReceivingShare share)
    {
        var reader = new MessageReader(http.Request, http.Request.BodyReader, share, rules.LimitsOf(http, method))
        {
            KeepsShare = method.Type is MethodType.Unary or MethodType.ClientStreaming,
        };
        http.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(reader));
        http.Features.Set(reader);
        if (method.Type is MethodType.Unary or MethodType.ServerStreaming)
        {
            await reader.AwaitOnlyAsync(http.RequestAborted);
            if (reader.Failure is { } failure)
            {
                throw failure;
            }
        }
    }

    private static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private sealed class BodyPipe(MessageReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
