using Agents.Yaml;

namespace Agents.Networks.Cores;

/// <summary>What the settings of a network say of its memory: which core it is, and what the core is made of.</summary>
/// <param name="Core">Name of the core.</param>
/// <param name="CoreSize">Units of the memory.</param>
/// <param name="CoreSettings">Settings under the core's own name; null where it has none.</param>
/// <param name="Others">Further settings of cores, which stand in the network's section whatever the core is: the core that needs some knows their type.</param>
internal sealed record CoreChoice(string Core, int CoreSize, CoreSettings? CoreSettings, params IReadOnlyList<object> Others)
{
    /// <summary>Another core, of other units, with the defaults of its own settings.</summary>
    public CoreChoice Of(string core, int size) =>
        this with
        {
            Core = core,
            CoreSize = size,
            CoreSettings = MemoryCores.Find(core)?.Settings,
        };

    /// <summary>The settings of a core, by their type.</summary>
    /// <exception cref="SettingsException">They are those of another core.</exception>
    public T Own<T>()
        where T : class =>
        CoreSettings as T
        ?? Others.OfType<T>().FirstOrDefault()
        ?? throw new SettingsException(
            $"network.core is {Core}, whose settings are {typeof(T).Name}, and {CoreSettings?.GetType().Name ?? "none"} were given."
        );
}
