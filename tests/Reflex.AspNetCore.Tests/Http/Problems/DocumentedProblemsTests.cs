using System.Globalization;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Tests.Errors;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Problems;

public sealed class DocumentedProblemsTests
{
    // What ends sessions, which HTTP hasn't, and a reading at the head, which its answer tells by its end.
    private static readonly Type[] Elsewhere =
    [
        typeof(ConsumerReplacedException), typeof(ConsumerStoppedException), typeof(SessionEndedException), typeof(HeadReachedException),
    ];

    // What no exception of Reflex's stands for: HTTP's own refusals.
    private static readonly string[] Own =
    [
        "malformed-body", "foreign-origin", "foreign-host", "not-found", "method-not-allowed", "not-acceptable", "too-slow",
        "unsupported-encoding", "unsupported-media-type",
    ];

    private static readonly List<string[][]> Table = DocumentTable.Read("HTTP.md", "| status | type | when | facts |");

    public static TheoryData<Exception> Errors =>
        [.. ErrorEncoderTests.Errors.Select(row => row.Data.Item1).Where(error => !Elsewhere.Contains(error.GetType()))];

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Table_HasEveryException(Exception error)
    {
        var problem = ProblemMap.Of(error);
        var row = Assert.Single(Table, row => row[1].Contains(problem.Code));
        Assert.Equal(problem.Status.ToString(CultureInfo.InvariantCulture), Assert.Single(row[0]));
        Assert.Empty(problem.Facts.Select(fact => fact.Key).Except([.. row[3], LogReference.Fact]));
    }

    [Fact]
    public void Table_HasNothingElse() => Assert.Equal(
        Errors.Select(row => ProblemMap.Of(row.Data).Code).Concat(Own).Distinct().Order(),
        Table.SelectMany(row => row[1]).Order());
}
