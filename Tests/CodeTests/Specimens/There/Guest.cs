using Tests.CodeTests.Specimens.Here;

namespace Tests.CodeTests.Specimens.There;

/// <summary>The other half of a circle. Never used.</summary>
internal class Guest : Exception, IGuest
{
    public static int Count = 1;

    public static void Greet(Visit visit) => _ = visit;

    public static void Leave() { }
}

/// <summary>An interface to be implemented.</summary>
internal interface IGuest;

/// <summary>An attribute to be marked with.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class GuestAttribute : Attribute;
