using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;

namespace Tests.CodeTests;

/// <summary>What compiled methods refer to.</summary>
internal static class MethodBodies
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every method and constructor with a body that an assembly declares, the compiler's own among them.</summary>
    public static IEnumerable<MethodBase> Of(Assembly assembly) => assembly.GetTypes().SelectMany(Of);

    /// <summary>Every method and constructor that a type declares.</summary>
    public static IEnumerable<MethodBase> Of(Type type) =>
        type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All));

    /// <summary>Methods that a body calls or takes the address of; generic ones as they are declared.</summary>
    public static IEnumerable<MethodBase> References(MethodBase method) =>
        from member in Mentioned(method)
        let called = member as MethodBase
        where called is { DeclaringType.IsArray: false }
        select Declared(called);

    /// <summary>Methods, fields and types that a body names, as it names them: with the arguments of generic ones.</summary>
    public static IEnumerable<MemberInfo> Mentioned(MethodBase method)
    {
        byte[]? code = method.GetMethodBody()?.GetILAsByteArray();
        if (code is null)
        {
            yield break;
        }
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        int at = 0;
        while (at < code.Length)
        {
            short value = code[at++];
            if (value == 0xFE)
            {
                value = (short)(value << 8 | code[at++]);
            }
            OpCode instruction = Codes[value];
            if (
                instruction.OperandType
                is OperandType.InlineMethod
                    or OperandType.InlineField
                    or OperandType.InlineType
                    or OperandType.InlineTok
            )
            {
                int token = BitConverter.ToInt32(code, at);
                yield return method.Module.ResolveMember(token, typeArguments, methodArguments)!;
            }
            at += Size(instruction.OperandType, code, at);
        }
    }

    /// <summary>A method of a generic type or a generic method as it was declared.</summary>
    public static MethodBase Declared(MethodBase method) => method.Module.ResolveMethod(method.MetadataToken)!;

    private static int Size(OperandType operand, byte[] code, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
            OperandType.InlineBrTarget
            or OperandType.InlineField
            or OperandType.InlineI
            or OperandType.InlineMethod
            or OperandType.InlineSig
            or OperandType.InlineString
            or OperandType.InlineTok
            or OperandType.InlineType
            or OperandType.ShortInlineR => 4,
            _ => throw new UnreachableException(),
        };
}
