using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Tests.Waits;

/// <summary>One instruction of a method: what it does, and the member, text or number that it names.</summary>
internal readonly record struct Instruction(OpCode Code, object? Operand)
{
    /// <summary>The method that it calls; null where it calls none.</summary>
    public MethodBase? Called => Operand as MethodBase;
}

/// <summary>Reads what methods of an assembly do.</summary>
internal static class Instructions
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>Every method of an assembly, those that the compiler made for lambdas and async methods among them.</summary>
    public static IEnumerable<MethodBase> MethodsOf(Assembly assembly) =>
        assembly
            .GetTypes()
            .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .Where(method => method.GetMethodBody() is not null);

    /// <summary>A method's instructions in order.</summary>
    public static List<Instruction> Of(MethodBase method)
    {
        byte[] bytes = method.GetMethodBody()!.GetILAsByteArray()!;
        Type[] types = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        List<Instruction> found = [];
        for (int at = 0; at < bytes.Length; )
        {
            int first = bytes[at++];
            OpCode code = Codes[first == 0xFE ? 0xFE00 | bytes[at++] : first];
            ReadOnlySpan<byte> rest = bytes.AsSpan(at);
            object? operand = code.OperandType switch
            {
                OperandType.InlineMethod => method.Module.ResolveMethod(
                    BinaryPrimitives.ReadInt32LittleEndian(rest),
                    types,
                    arguments
                ),
                OperandType.InlineField => method.Module.ResolveField(
                    BinaryPrimitives.ReadInt32LittleEndian(rest),
                    types,
                    arguments
                ),
                OperandType.InlineString => method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(rest)),
                OperandType.InlineI => (double)BinaryPrimitives.ReadInt32LittleEndian(rest),
                OperandType.ShortInlineI => (double)(sbyte)rest[0],
                OperandType.InlineI8 => (double)BinaryPrimitives.ReadInt64LittleEndian(rest),
                OperandType.InlineR => BinaryPrimitives.ReadDoubleLittleEndian(rest),
                OperandType.InlineNone when Constant(code) is { } number => number,
                _ => null,
            };
            found.Add(new Instruction(code, operand));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(rest),
                _ => 4,
            };
        }
        return found;
    }

    // ldc.i4.m1 to ldc.i4.8
    private static double? Constant(OpCode code) => code.Value is >= 0x15 and <= 0x1E ? code.Value - 0x16 : null;
}
