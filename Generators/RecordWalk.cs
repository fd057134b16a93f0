using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Generators;

/// <summary>Finds the records that documents are read into.</summary>
internal sealed class RecordWalk(Compilation compilation)
{
    private readonly HashSet<INamedTypeSymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> _found = [];
    private ImmutableArray<INamedTypeSymbol>? _own;

    /// <summary>The records that are reached from some, each once, those first that were named.</summary>
    public ImmutableArray<INamedTypeSymbol> From(ImmutableArray<INamedTypeSymbol> roots)
    {
        foreach (INamedTypeSymbol root in roots)
        {
            Visit(root);
        }
        return [.. _found.Where(record => !record.IsAbstract)];
    }

    /// <summary>The properties that a document sets, in the order of reflection: those of the type, then those of its base.</summary>
    public static IEnumerable<IPropertySymbol> PropertiesOf(INamedTypeSymbol record)
    {
        var names = new HashSet<string>();
        for (INamedTypeSymbol? type = record; type is not null; type = type.BaseType)
        {
            foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
            {
                if (
                    property is { IsStatic: false, IsIndexer: false, SetMethod: not null }
                    && property.DeclaredAccessibility == Accessibility.Public
                    && names.Add(property.Name)
                )
                {
                    yield return property;
                }
            }
        }
    }

    private void Visit(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                Visit(array.ElementType);
                return;
            case INamedTypeSymbol { IsGenericType: true } generic:
                foreach (ITypeSymbol argument in generic.TypeArguments)
                {
                    Visit(argument);
                }
                return;
            case INamedTypeSymbol { TypeKind: TypeKind.Class, IsRecord: true } record when _seen.Add(record):
                _found.Add(record);
                foreach (IPropertySymbol property in PropertiesOf(record))
                {
                    Visit(property.Type);
                }
                foreach (
                    INamedTypeSymbol derived in Own().Where(own => SymbolEqualityComparer.Default.Equals(own.BaseType, record))
                )
                {
                    Visit(derived);
                }
                return;
        }
    }

    private ImmutableArray<INamedTypeSymbol> Own() => _own ??= [.. TypesIn(compilation.Assembly.GlobalNamespace)];

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceSymbol space) =>
        space.GetTypeMembers().Where(type => type.IsRecord).Concat(space.GetNamespaceMembers().SelectMany(TypesIn));
}
