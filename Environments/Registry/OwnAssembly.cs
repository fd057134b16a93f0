using System.Reflection;

namespace Environments;

/// <summary>Loads assemblies of users, whose environments and agents are then looked for. Loading one executes what is in it.</summary>
internal static class OwnAssembly
{
    /// <summary>Loads an assembly and takes what is wanted from it.</summary>
    /// <param name="path">A .NET assembly; what it needs besides this framework lies beside it.</param>
    /// <param name="take">Looks through its types.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no .NET assembly, or was built against another version.</exception>
    public static T Load<T>(string path, Func<Assembly, T> take)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException(
                $"There is no assembly '{path}'. Build the project and give the path of its .dll.",
                path
            );
        }
        try
        {
            return take(new PluginLoadContext(full).LoadFromAssemblyPath(full));
        }
        catch (BadImageFormatException exception)
        {
            throw new InvalidDataException(
                $"'{path}' is no .NET assembly that this runtime loads. Give the .dll that 'dotnet build' made.",
                exception
            );
        }
        catch (Exception exception) when (exception is FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new InvalidDataException(
                $"'{path}' cannot be loaded: {exception.Message} Build it against this version, with what it needs beside it.",
                exception
            );
        }
    }

    /// <summary>The types of an assembly.</summary>
    /// <exception cref="TypeLoadException">One of them needs what is not there.</exception>
    public static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            throw new TypeLoadException(exception.LoaderExceptions.FirstOrDefault()?.Message ?? exception.Message, exception);
        }
    }
}
