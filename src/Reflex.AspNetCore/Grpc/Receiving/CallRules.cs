using Grpc.Core;
using Microsoft.Extensions.Options;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>What the methods of a service need before they are called, and what they take.</summary>
/// <param name="NeedsCaller">Whether a valid credential is needed while access is on.</param>
/// <param name="MaxSmallBytes">The largest message of a method that appends nothing.</param>
internal sealed record CallRules(bool NeedsCaller, int MaxSmallBytes)
{
    // The largest of these names a cursor with 1024 places.
    private const int MaxRequestBytes = 64 * 1024;

    // A request of these names a service, or a file.
    private const int MaxOtherBytes = 4 * 1024;

    // Events aside, a message has few fields of its own.
    private const int MaxFields = 1000;

    private static readonly string[] Appending = ["Append", "AppendMany"];

    /// <summary>Reflex's own services.</summary>
    public static CallRules Reflex { get; } = new(NeedsCaller: true, MaxRequestBytes);

    /// <summary>gRPC's reflection, which describes services to those who may call them.</summary>
    public static CallRules Reflection { get; } = new(NeedsCaller: true, MaxOtherBytes);

    /// <summary>gRPC's health checks, which are for everybody.</summary>
    public static CallRules Health { get; } = new(NeedsCaller: false, MaxOtherBytes);

    public MessageLimits LimitsOf(HttpContext http, IMethod method)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<ReflexGrpcOptions>>().Value;
        return Appending.Contains(method.Name)
            ? new MessageLimits(
                options.MaxMessageBytes,
                V1.AppendRequest.EventsFieldNumber,
                options.MaxEventsPerMessage,
                MaxFields,
                options.MessageTimeout,
                options.TimeProvider)
            : new MessageLimits(
                Math.Min(MaxSmallBytes, options.MaxMessageBytes), 0, 0, MaxFields, options.MessageTimeout, options.TimeProvider);
    }
}
