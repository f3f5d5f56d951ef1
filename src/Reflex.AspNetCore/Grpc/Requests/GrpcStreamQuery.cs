using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
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
        ReadLag(request.Lag));

    public static StreamQuery Read(Cursor after, Reflexpb.StreamOptions? options, int? partition) => new(
        after, partition, options?.FromHead ?? false, options?.ToHead ?? false, ReadLag(options?.Lag));

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
