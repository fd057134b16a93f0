using System.Reflection;
using System.Runtime.CompilerServices;
using Agents.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Tests.CodeTests;

/// <summary>
/// TorchSharp's scalars are freed by their finaliser while the library reads them, so nothing but <see cref="TorchNumbers"/> may make
/// one: not by a conversion, and not by calling what makes one inside TorchSharp. The compiled code is searched, TorchSharp's too.
/// </summary>
public sealed class TorchScalarTests
{
    private static readonly Assembly Library = typeof(torch).Assembly;
    private static readonly HashSet<MethodBase> Makers = FindMakers();

    [Fact]
    public void Code_OutsideOfTorchNumbers_MakesNoScalar()
    {
        string[] found =
        [
            .. Uses(method => method.DeclaringType != typeof(TorchNumbers) && method.DeclaringType != typeof(Specimen)),
        ];

        Assert.Equal("", string.Join('\n', found));
    }

    [Fact]
    public void Uses_OfASpecimen_AreSeen()
    {
        string[] found = [.. Uses(method => method.DeclaringType == typeof(Specimen)).Distinct()];

        Assert.Equal(
            [
                "Specimen.Sum: Tensor op_Addition(Tensor, Tensor)",
                "Specimen.Product: Tensor op_Multiply(Tensor, Single)",
                "Specimen.Filled: TorchSharp.Scalar op_Implicit(Single)",
                "Specimen.Number: Single ToSingle(Tensor)",
                "Specimen.Update: Tensor step(System.Func`1[TorchSharp.torch+Tensor])",
            ],
            found
        );
    }

    [Fact]
    public void TorchNumbers_EveryScalar_IsKeptUntilTheCallIsOver()
    {
        foreach (MethodBase method in MethodBodies.Of(typeof(TorchNumbers).Assembly))
        {
            if (method.DeclaringType != typeof(TorchNumbers) || method.IsStatic && method is ConstructorInfo)
            {
                continue; // static fields keep theirs for ever
            }
            MethodBase[] called = [.. MethodBodies.References(method)];
            MethodBase[] makers = [.. called.Where(Makers.Contains)];

            Assert.All(makers, maker => Assert.Equal(typeof(ScalarExtensionMethods), maker.DeclaringType));
            Assert.Equal(makers.Length, called.Count(one => one.Name == nameof(IDisposable.Dispose))); // as using writes it
        }
    }

    private static IEnumerable<string> Uses(Func<MethodBase, bool> looked) =>
        from assembly in Assemblies()
        from method in MethodBodies.Of(assembly)
        where looked(method)
        from called in MethodBodies.References(method)
        where Makers.Contains(called)
        select $"{method.DeclaringType!.Name}.{method.Name}: {called}";

    // Everything of ours that the tests run and that knows TorchSharp.
    private static IEnumerable<Assembly> Assemblies()
    {
        var known = new Dictionary<string, Assembly>();
        var open = new Queue<Assembly>([typeof(TorchScalarTests).Assembly]);
        while (open.TryDequeue(out Assembly? assembly))
        {
            known.Add(assembly.FullName!, assembly);
            foreach (AssemblyName name in assembly.GetReferencedAssemblies())
            {
                bool ours = File.Exists(Path.Combine(AppContext.BaseDirectory, name.Name + ".xml")); // we document what we build
                if (ours && !known.ContainsKey(name.FullName) && open.All(one => one.FullName != name.FullName))
                {
                    open.Enqueue(Assembly.Load(name));
                }
            }
        }
        return known.Values.Where(assembly =>
            assembly.GetReferencedAssemblies().Any(name => name.Name == Library.GetName().Name)
        );
    }

    // Methods of TorchSharp that call a scalar's constructor, or one that does, and so on; virtual ones also where an override does.
    private static HashSet<MethodBase> FindMakers()
    {
        var callers = new Dictionary<MethodBase, List<MethodBase>>();
        void Add(MethodBase called, MethodBase caller)
        {
            if (!callers.TryGetValue(called, out List<MethodBase>? list))
            {
                callers[called] = list = [];
            }
            list.Add(caller);
        }
        foreach (MethodBase method in MethodBodies.Of(Library))
        {
            foreach (MethodBase called in MethodBodies.References(method))
            {
                Add(called, method);
                if (called is ConstructorInfo && called.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute), false))
                {
                    foreach (MethodBase inner in MethodBodies.Of(called.DeclaringType)) // of an iterator or a closure
                    {
                        Add(inner, method);
                    }
                }
            }
            if (method is MethodInfo { IsVirtual: true } overriding)
            {
                MethodInfo first = overriding.GetBaseDefinition();
                if (first != overriding && first.Module == Library.ManifestModule)
                {
                    Add(overriding, MethodBodies.Declared(first));
                }
            }
        }
        var makers = new HashSet<MethodBase>(
            typeof(Scalar).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        );
        var open = new Queue<MethodBase>(makers);
        while (open.TryDequeue(out MethodBase? maker))
        {
            foreach (MethodBase caller in callers.GetValueOrDefault(maker) ?? [])
            {
                if (makers.Add(caller))
                {
                    open.Enqueue(caller);
                }
            }
        }
        return makers;
    }

    /// <summary>What the search must find. Never called.</summary>
    private static class Specimen
    {
        public static Tensor Sum(Tensor a, Tensor b) => a + b;

        public static Tensor Product(Tensor a) => a * 2f;

        public static Tensor Filled(Tensor a, Tensor mask) => a.masked_fill(mask, -7f);

        public static float Number(Tensor a) => a.ToSingle();

        public static Tensor Update(optim.Optimizer optimizer) => optimizer.step();
    }
}
