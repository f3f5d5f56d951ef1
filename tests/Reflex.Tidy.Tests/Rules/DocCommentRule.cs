using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>A doc comment says more than the name that it stands at: "The consumer." of a parameter <c>consumer</c> says nothing.</summary>
/// <remarks>
/// A text is a repetition if its words, but for articles, are the name of the member, the parameter, or the parameter's or returned
/// type, as "The silo." is of an <c>ISiloBuilder</c>; or if it is a single word. "Creates the exception." repeats the end of a
/// constructor's name. Texts with elements in them, such as links, aren't looked at, nor are the tests' comments.
/// </remarks>
internal sealed class DocCommentRule : IRule
{
    private static readonly string[] Elements = ["summary", "param", "typeparam", "returns"];

    private static readonly string[] Passed = ["a", "an", "the", "creates"];

    public IEnumerable<Finding> Check(Repository repository) =>
        from file in repository.Files
        where file.IsCSharp && !file.IsTest
        from comment in file.Syntax.DescendantNodes(descendIntoTrivia: true).OfType<DocumentationCommentTriviaSyntax>()
        from member in comment.ParentTrivia.Token.Parent!.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().Take(1)
        from element in comment.Content.OfType<XmlElementSyntax>()
        where Elements.Contains(KindOf(element)) && element.Content.All(part => part is XmlTextSyntax)
        let text = string.Concat(element.Content.Cast<XmlTextSyntax>().SelectMany(part => part.TextTokens).Select(token => token.ValueText))
        where IsRepetition(text, element, member)
        select new Finding(
            file.Path,
            element.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
            "a doc comment says more than a name",
            $"\"{text.Trim()}\" doesn't");

    private static string KindOf(XmlElementSyntax element) => element.StartTag.Name.LocalName.Text;

    private static bool IsRepetition(string text, XmlElementSyntax element, MemberDeclarationSyntax member)
    {
        var words = string.Concat(text.Select(c => char.IsLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var said = string.Concat(words.Where(word => !Passed.Contains(word, StringComparer.OrdinalIgnoreCase)));
        string[] repeated = [said, $"I{said}", $"{said}Builder", $"I{said}Builder"];
        return words.Length < 2
            || NamesAt(element, member).Intersect(repeated, StringComparer.OrdinalIgnoreCase).Any()
            || (KindOf(element) == "summary" && member is ConstructorDeclarationSyntax constructor
                && constructor.Identifier.Text.EndsWith(said, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> NamesAt(XmlElementSyntax element, MemberDeclarationSyntax member) => KindOf(element) switch
    {
        "summary" => [NameOf(member)],
        "returns" => [NameOf(member), NameOf((member as MethodDeclarationSyntax)?.ReturnType)],
        _ => from attribute in element.StartTag.Attributes.OfType<XmlNameAttributeSyntax>()
             let parameter = attribute.Identifier.Identifier.Text
             from name in TypesOf(parameter, member).Append(parameter)
             select name,
    };

    private static string NameOf(MemberDeclarationSyntax member) => member is BaseFieldDeclarationSyntax field
        ? field.Declaration.Variables[0].Identifier.Text
        : member.ChildTokens().FirstOrDefault(token => token.IsKind(SyntaxKind.IdentifierToken)).Text;

    private static IEnumerable<string> TypesOf(string parameter, MemberDeclarationSyntax member) => member.ChildNodes()
        .OfType<BaseParameterListSyntax>()
        .SelectMany(list => list.Parameters)
        .Where(declared => declared.Identifier.Text == parameter)
        .Select(declared => NameOf(declared.Type));

    private static string NameOf(TypeSyntax? type) => type switch
    {
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        QualifiedNameSyntax qualified => NameOf(qualified.Right),
        GenericNameSyntax { Identifier.Text: "Task" or "ValueTask" } task => NameOf(task.TypeArgumentList.Arguments[0]),
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => "",
    };
}
