using System.Reflection;

namespace Tests.CodeTests;

/// <summary>Which types a compiled type mentions. Constants leave no trace of where they came from.</summary>
internal static class TypeMentions
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>
    /// Types of what it derives from, of its attributes and constraints, of its fields and signatures, and of everything that its methods name: locals,
    /// what they catch, and the signatures of what they call. Of arrays, references and generic types also the parts. Not those of nested types.
    /// </summary>
    public static HashSet<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        Add(found, type.BaseType);
        AddAll(found, type.GetInterfaces());
        AddConstraints(found, type.GetGenericArguments());
        AddAttributes(found, type);
        foreach (FieldInfo field in type.GetFields(All))
        {
            Add(found, field.FieldType);
            AddAttributes(found, field);
        }
        foreach (PropertyInfo property in type.GetProperties(All))
        {
            AddAttributes(found, property);
        }
        foreach (MethodBase method in MethodBodies.Of(type))
        {
            AddSignature(found, method);
            AddAttributes(found, method);
            AddConstraints(found, method.IsGenericMethod ? method.GetGenericArguments() : []);
            AddBody(found, method);
        }
        return found;
    }

    private static void AddBody(HashSet<Type> found, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }
        AddAll(found, body.LocalVariables.Select(local => local.LocalType));
        foreach (ExceptionHandlingClause clause in body.ExceptionHandlingClauses)
        {
            Add(found, clause.Flags == ExceptionHandlingClauseOptions.Clause ? clause.CatchType : null);
        }
        foreach (MemberInfo member in MethodBodies.Mentioned(method))
        {
            Add(found, member as Type ?? member.DeclaringType);
            if (member is FieldInfo field)
            {
                Add(found, field.FieldType);
            }
            else if (member is MethodBase called)
            {
                AddSignature(found, called);
                AddAll(found, called.IsGenericMethod ? called.GetGenericArguments() : []);
            }
        }
    }

    private static void AddSignature(HashSet<Type> found, MethodBase method)
    {
        Add(found, (method as MethodInfo)?.ReturnType);
        AddAll(found, method.GetParameters().Select(parameter => parameter.ParameterType));
    }

    private static void AddConstraints(HashSet<Type> found, Type[] arguments) =>
        AddAll(
            found,
            arguments.Where(argument => argument.IsGenericParameter).SelectMany(one => one.GetGenericParameterConstraints())
        );

    private static void AddAttributes(HashSet<Type> found, MemberInfo member)
    {
        foreach (CustomAttributeData attribute in member.GetCustomAttributesData())
        {
            Add(found, attribute.AttributeType);
            AddAll(found, attribute.ConstructorArguments.Select(argument => argument.Value as Type));
            AddAll(found, attribute.NamedArguments.Select(argument => argument.TypedValue.Value as Type));
        }
    }

    private static void AddAll(HashSet<Type> found, IEnumerable<Type?> types)
    {
        foreach (Type? type in types)
        {
            Add(found, type);
        }
    }

    private static void Add(HashSet<Type> found, Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }
        if (type.HasElementType)
        {
            Add(found, type.GetElementType());
        }
        else if (type.IsFunctionPointer)
        {
            AddAll(found, [type.GetFunctionPointerReturnType(), .. type.GetFunctionPointerParameterTypes()]);
        }
        else if (!type.IsConstructedGenericType)
        {
            found.Add(type);
        }
        else
        {
            found.Add(type.GetGenericTypeDefinition());
            AddAll(found, type.GetGenericArguments());
        }
    }
}
