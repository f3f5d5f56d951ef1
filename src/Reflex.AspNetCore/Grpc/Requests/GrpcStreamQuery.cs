using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Requests;

/// <summary>Reads what a request to stream asks for.</summary>
internal static class GrpcStreamQuery
{
    public static StreamQuery Read(V1.StreamRequest request) => new(
        Cursor.Parse(request.After),
        request.HasPartition ? ReadPartition(request.Partition) : null,
        request.FromHead,
        request.ToHead,
        ReadLag(request.Lag),
        request.Types_.Count > 0 ? WantedEvents.Require([.. request.Types_.Select(type => new EventType(type))]) : null,
        request.ForeignIds.Count > 0 ? WantedEvents.Require([.. request.ForeignIds]) : null);

    public static StreamQuery Read(Cursor after, Reflexpb.StreamOptions? options, int? partition) => new(
        after, partition, options?.FromHead ?? false, options?.ToHead ?? false, ReadLag(options?.Lag));

    /// <summary>The same, with the events that the headers of a call want, which its messages have no fields for.</summary>
    public static StreamQuery Read(Cursor after, Reflexpb.StreamOptions? options, int? partition, Metadata headers) =>
        Read(after, options, partition) with
        {
            Types = headers.GetValue(GrpcStream.TypesHeader) is { } types ? WantedEvents.Require(ReadTypes(types)) : null,
            ForeignIds = headers.GetValue(GrpcStream.ForeignIdsHeader) is { } ids
                ? WantedEvents.Require(Array.ConvertAll(ids.Split(','), Uri.UnescapeDataString))
                : null,
        };

    private static EventType[] ReadTypes(string text) => Array.ConvertAll(text.Split(','), type =>
        int.TryParse(type, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new EventType(number)
            : throw new FormatException($"The header {GrpcStream.TypesHeader} is '{text}': expected whole numbers such as 1,2."));

    /// <exception cref="FormatException">No stream can have such a partition.</exception>
    public static int ReadPartition(int partition) => partition is >= 0 and < Cursor.MaxPartitions
        ? partition
        : throw new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"The partition is {partition}: expected a number from 0 to {Cursor.MaxPartitions - 1}."));

    private static TimeSpan ReadLag(Duration? lag)
    {
        var time = lag is null ? TimeSpan.Zero : ProtoTime.ToTimeSpan(lag, "lag");
        return time >= TimeSpan.Zero ? time : throw new FormatException($"The lag is {time}: expected none, or a positive one.");
    }
}
