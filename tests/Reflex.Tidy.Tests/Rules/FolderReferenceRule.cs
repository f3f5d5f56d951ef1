using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>
/// References between the rooms of a project point one way: no room uses, over however many others, a room that uses it. Rooms are
/// the folders right below the project's.
/// </summary>
/// <remarks>
/// A type in the project's own folder is a room by itself: there stand both what every room uses (an exception, options) and what
/// uses every room (a client, a program), so that as one room they would be a cycle, and as none they would hide some. References
/// are read from the text: usings, qualified names, and the bare names of the types in the project's folder.
/// </remarks>
/// <param name="allowed">References that are still there and close a cycle, to be struck out one by one.</param>
internal sealed class FolderReferenceRule(IReadOnlyCollection<(string Project, string From, string To)> allowed) : IRule
{
    private const string Rule = "rooms refer one way";

    private const string Place = "tests/Reflex.Tidy.Tests/Rules/FolderReferenceRule.cs";

    private static readonly (string Project, string From, string To)[] Remaining =
    [
        // An event has a cursor, a cursor's errors name partitions, and a cursor store consumers: one room in truth, whose errors cross
        // silos under the names that they have.
        ("Reflex", "Events", "Cursors"),
        ("Reflex", "Cursors", "Streams"),
        ("Reflex", "Cursors", "Consumers"),
    ];

    public FolderReferenceRule()
        : this(Remaining)
    {
    }

    public IEnumerable<Finding> Check(Repository repository) => repository.Files
        .Where(file => file.IsProduct && file.IsProject)
        .SelectMany(project => Check(project.Folder, repository.Files));

    private IEnumerable<Finding> Check(string folder, IReadOnlyList<SourceFile> all)
    {
        var name = folder[(folder.LastIndexOf('/') + 1)..];
        var files = all.Where(file => file.IsCSharp && file.Path.StartsWith($"{folder}/", StringComparison.Ordinal)).ToList();
        var rooms = files.GroupBy(file => RoomOf(file, folder)).ToDictionary(room => room.Key, room => room.First().Folder == folder);
        var places = new Dictionary<(string From, string To), (SourceFile File, int Line)>();
        foreach (var file in files)
        {
            foreach (var (room, line) in References(file, name, rooms).Where(reference => reference.Room != RoomOf(file, folder)))
            {
                places.TryAdd((RoomOf(file, folder), room), (file, line));
            }
        }

        var open = allowed.Where(reference => reference.Project == name).Select(reference => (reference.From, reference.To)).ToHashSet();
        var uses = places.Keys.Where(place => !open.Contains(place)).ToLookup(place => place.From, place => place.To);
        foreach (var ((from, to), (file, line)) in places.Where(place => !open.Contains(place.Key)))
        {
            if (WayFrom(to, from, uses) is { } way)
            {
                yield return new Finding(file.Path, line, Rule, $"{from} uses {to}, which uses it: {string.Join(" -> ", way)}");
            }
        }

        foreach (var (from, to) in open.Where(each => !places.ContainsKey(each) || WayFrom(each.To, each.From, uses) is null))
        {
            yield return new Finding(Place, 1, Rule, $"{name}: {from} -> {to} closes no cycle any more: strike it out");
        }
    }

    private static string RoomOf(SourceFile file, string folder)
    {
        var rest = file.Path[(folder.Length + 1)..];
        return rest[..rest.IndexOfAny(['/', '.'])];
    }

    private static IEnumerable<(string Room, int Line)> References(SourceFile file, string project, Dictionary<string, bool> rooms)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            if (RoomIn(node, project, rooms) is { } room)
            {
                yield return (room, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
            }
        }
    }

    private static string? RoomIn(SyntaxNode node, string project, Dictionary<string, bool> rooms)
    {
        var text = node is QualifiedNameSyntax or MemberAccessExpressionSyntax or SimpleNameSyntax ? node.ToString() : "";
        var isWhole = text.StartsWith($"{project}.", StringComparison.Ordinal);
        if (text.Length == 0 || node.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Any(declared => declared.Name.Contains(node)))
        {
            return null;
        }

        // Outside of a namespace a using has a name from the root: Grpc.Core isn't in the room Grpc.
        if (!isWhole && node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is { Parent: CompilationUnitSyntax })
        {
            return null;
        }

        var first = (isWhole ? text[(project.Length + 1)..] : text).Split('.', '<')[0];
        return node switch
        {
            _ when !rooms.TryGetValue(first, out var isType) => null,
            SimpleNameSyntax => rooms[first] && !IsMember(node) ? first : null,
            _ when isWhole => first,

            // Of an expression only names from the root are sure: the first one may be a property.
            QualifiedNameSyntax => first,
            _ => null,
        };
    }

    private static bool IsMember(SyntaxNode name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
        || (name.Parent is QualifiedNameSyntax qualified && qualified.Right == name)
        || name.Parent is MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax
        || (name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment && assignment.Left == name);

    private static List<string>? WayFrom(string start, string end, ILookup<string, string> uses)
    {
        var cameFrom = new Dictionary<string, string?> { [start] = null };
        var next = new Queue<string>([start]);
        while (next.TryDequeue(out var room))
        {
            if (room == end)
            {
                var way = new List<string>();
                for (string? at = room; at is not null; at = cameFrom[at])
                {
                    way.Insert(0, at);
                }

                return way;
            }

            foreach (var used in uses[room].Where(used => cameFrom.TryAdd(used, room)))
            {
                next.Enqueue(used);
            }
        }

        return null;
    }
}
