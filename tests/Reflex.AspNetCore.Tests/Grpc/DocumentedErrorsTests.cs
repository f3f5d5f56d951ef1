using System.Text.RegularExpressions;
using Grpc.Core;
using Reflex.AspNetCore.Tests.Errors;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed partial class DocumentedErrorsTests
{
    // What the controls of consumers answer to misuse, of which there is no exception of Reflex's.
    private const string OfControls = "INVALID_OPERATION";

    private const string NoReason = "no details";

    private static readonly List<string[][]> Table = DocumentTable.Read("GRPC.md", "| status | reason | facts | when |");

    [Theory]
    [MemberData(nameof(ErrorEncoderTests.Errors), MemberType = typeof(ErrorEncoderTests), DisableDiscoveryEnumeration = true)]
    public void Table_HasEveryException(Exception error, StatusCode status, string reason, string facts)
    {
        var row = Assert.Single(Table, row => row[1].FirstOrDefault() == reason);
        Assert.Equal(Words().Replace($"{status}", "$1_$2").ToUpperInvariant(), Assert.Single(row[0]));
        if (error is ReflexException { Code: var code } && code != ErrorCode.Unavailable && code != ErrorCode.Failed)
        {
            var told = facts.Split(' ').Select(fact => fact.Split('=')[0]).Where(fact => fact is not ("" or "traceId"));
            Assert.Equal(told.Order(), row[2].Order());
        }
    }

    [Fact]
    public void Table_HasNothingElse() => Assert.Equal(
        ErrorEncoderTests.Errors.Select(row => row.Data.Item3).Append(OfControls).Distinct().Order(),
        Table.Select(row => row[1][0]).Where(reason => reason != NoReason).Order());

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Words();
}
