using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Waits;

/// <summary>Finds what makes the outcome of a test depend on how fast the machine is.</summary>
internal static partial class WaitRules
{
    /// <summary>The shortest time that may end a wait.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with an assembly's methods, one line each; nothing where all is well.</summary>
    public static IEnumerable<string> Mistakes(Assembly assembly) =>
        from method in Instructions.MethodsOf(assembly)
        let owner = Owner(method)
        where owner.Type != typeof(Deadline) && owner.Type != typeof(WaitRules) && !IsExcused(owner)
        from mistake in Mistakes(method, Instructions.Of(method)).Distinct()
        select $"{owner.Type.Name}.{owner.Method}: {mistake}";

    /// <summary>What is wrong in the text of a program, such as one in Python.</summary>
    public static IEnumerable<string> Mistakes(string text) =>
        from match in NamedTime().Matches(text)
        let seconds = double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)
        where seconds > 0 && seconds < Shortest.TotalSeconds // none at all only lets others run
        select $"names a short time: '{match.Value}'";

    private static IEnumerable<string> Mistakes(MethodBase method, List<Instruction> code)
    {
        if (method.GetCustomAttribute<FactAttribute>() is { Timeout: > 0 } fact && fact.Timeout < Shortest.TotalMilliseconds)
        {
            yield return $"ends after {fact.Timeout} ms";
        }
        IEnumerable<object?> attributes = method
            .GetCustomAttributes<InlineDataAttribute>()
            .SelectMany(data => data.Data.SelectMany(part => part as object?[] ?? [part]));
        string[] texts = [.. code.Select(one => one.Operand).Concat(attributes).OfType<string>()];
        // An option and its value are two texts.
        foreach (string mistake in texts.Concat(texts.Zip(texts.Skip(1), (a, b) => $"{a} {b}")).SelectMany(Mistakes))
        {
            yield return mistake;
        }
        for (int i = 0; i < code.Count; i++)
        {
            if (code[i].Called is not { DeclaringType: { } type } called)
            {
                continue;
            }
            bool isPatient = i > 0 && code[i - 1].Operand is FieldInfo { DeclaringType: { } home } && home == typeof(Deadline);
            if (!isPatient && WaitsForTheClock(type, called))
            {
                yield return $"waits for the clock with {type.Name}.{called.Name}; use Deadline";
            }
            if (type == typeof(HttpClient) && called.IsConstructor)
            {
                yield return "makes an HttpClient, which waits 100 s; use Deadline.Http";
            }
            if (ReadsTheClock(type, called))
            {
                yield return $"reads the clock with {type.Name}.{called.Name}; wait for what happens instead";
            }
            if (ShortTime(code, i) is { } time && Receiver(code, i + 1) is { } receiver)
            {
                yield return $"gives {time.TotalSeconds} s to {receiver}; use Deadline";
            }
        }
    }

    private static bool WaitsForTheClock(Type type, MethodBase called) =>
        (type.Namespace?.StartsWith("System.Threading", StringComparison.Ordinal) == true || type == typeof(Process))
        && called
            .GetParameters()
            .Any(parameter =>
                parameter.ParameterType == typeof(TimeSpan)
                || parameter.Name!.Contains("illiseconds", StringComparison.Ordinal)
                || parameter.Name.Contains("timeout", StringComparison.OrdinalIgnoreCase)
            );

    private static bool ReadsTheClock(Type type, MethodBase called) =>
        type == typeof(Stopwatch)
        || (type == typeof(DateTime) && called.Name is "get_UtcNow" or "get_Now")
        || (type == typeof(Environment) && called.Name.StartsWith("get_TickCount", StringComparison.Ordinal));

    // TimeSpan.FromSeconds(5) and the like, where the number stands there.
    private static TimeSpan? ShortTime(List<Instruction> code, int at)
    {
        if (
            code[at].Called is not MethodInfo { Name: ['F', 'r', 'o', 'm', ..] } from
            || from.DeclaringType != typeof(TimeSpan)
            || from.GetParameters() is not [var parameter]
        )
        {
            return null;
        }
        int number = code[at - 1].Code == OpCodes.Conv_I8 ? at - 2 : at - 1;
        if (code[number].Operand is not double value)
        {
            return null;
        }
        object argument = Convert.ChangeType(value, parameter.ParameterType, CultureInfo.InvariantCulture);
        var time = (TimeSpan)from.Invoke(null, [argument])!;
        return time < Shortest ? time : null;
    }

    // Who takes the time at once: an option, an argument or a constant. Clocks that tests set themselves only add to it.
    private static string? Receiver(List<Instruction> code, int at)
    {
        if (
            code[at].Called is { DeclaringType: { IsGenericType: true } type }
            && type.GetGenericTypeDefinition() == typeof(Nullable<>)
        )
        {
            at++;
        }
        return code[at].Operand switch
        {
            FieldInfo field => field.Name,
            MethodBase { DeclaringType: { } owner } called
                when owner.Namespace is { } space && space != "System" && !space.StartsWith("Xunit", StringComparison.Ordinal) =>
                $"{owner.Name}.{called.Name}",
            _ => null,
        };
    }

    private static bool IsExcused((Type Type, string Method) owner) =>
        owner.Type.IsDefined(typeof(ShortTimeAttribute), false)
        || owner
            .Type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
            .Any(method => method.Name == owner.Method && method.IsDefined(typeof(ShortTimeAttribute), false));

    // The compiler moves lambdas and async methods to types of its own, named after the method that they stand in.
    private static (Type Type, string Method) Owner(MethodBase method)
    {
        Type type = method.DeclaringType!;
        string name = method.Name;
        while (true)
        {
            string? written = Written().Match(name) is { Success: true } match ? match.Groups[1].Value : null;
            if (written is { Length: > 0 })
            {
                name = written;
            }
            if (type.DeclaringType is not { } outer || !type.Name.StartsWith('<'))
            {
                return (type, name);
            }
            if (written is null or "")
            {
                name = type.Name;
            }
            type = outer;
        }
    }

    [GeneratedRegex("^<+([A-Za-z_0-9]*)>")]
    private static partial Regex Written();

    [GeneratedRegex(
        @"\b(timeout|patience|deadline|sleep|wait)[""']?\s*[=:(]?\s*([0-9]+(?:\.[0-9]+)?)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NamedTime();
}
