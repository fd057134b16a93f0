using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Agents.Yaml;

/// <summary>Shapes of records that no compiler wrote: those of agents, tasks and whoever else has settings.</summary>
internal static class ReflectedShapes
{
    /// <summary>Whether records can be looked at while the program runs; not where it was trimmed.</summary>
    [FeatureSwitchDefinition("RlAgents.ReflectedSettings")]
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
#pragma warning disable IL4000 // trimmed programs set the switch, and then nothing behind it is left
    public static bool IsSupported => !AppContext.TryGetSwitch("RlAgents.ReflectedSettings", out bool isOn) || isOn;
#pragma warning restore IL4000

    /// <summary>The default of a type of values.</summary>
    [RequiresUnreferencedCode("Constructors are found by reflection.")]
    public static object DefaultOf(Type value) => Activator.CreateInstance(value)!;

    /// <summary>The shape of a type.</summary>
    [RequiresUnreferencedCode("Properties of settings are found by their names.")]
    public static RecordShape Of(Type record) =>
        new(
            record.IsAbstract || record.GetConstructor(Type.EmptyTypes) is null ? null : () => Activator.CreateInstance(record)!,
            [
                .. record
                    .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0)
                    .Select(property => new RecordProperty(
                        property.Name,
                        property.PropertyType,
                        property.GetValue,
                        property.SetValue,
                        property.GetCustomAttribute<RangeAttribute>()
                    )),
            ]
        );
}
