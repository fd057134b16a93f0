using Tests.CodeTests.Specimens.There;

#pragma warning disable CA1822, CA1852, CS0067, CS0649, CS0169 // ways of mentioning a type, which nobody uses

namespace Tests.CodeTests.Specimens.Here;

/// <summary>One half of a circle, in every way in which a type can mention another. Never used.</summary>
internal sealed class Host
{
    public sealed class Derived : Guest;

    public sealed class Implementing : IGuest;

    public sealed class WithArguments : List<Guest>;

    public sealed class Constrained<T>
        where T : IGuest;

    [Guest]
    public sealed class Marked;

    public sealed class WithField
    {
        private Guest? _guest;
    }

    public sealed class WithArray
    {
        private Guest[][]? _guests;
    }

    public abstract class WithProperty
    {
        public abstract Guest Guest { get; }
    }

    public abstract class WithEvent
    {
        public abstract event Action<Guest> Arrived;
    }

    public abstract class Returning
    {
        public abstract Guest Method();
    }

    public abstract class Taking
    {
        public abstract void Method(in Guest guest);
    }

    public sealed class Creating
    {
        public object Method() => new Guest();
    }

    public sealed class Calling
    {
        public void Method() => Guest.Leave();
    }

    public sealed class Reading
    {
        public int Method() => Guest.Count;
    }

    public sealed class Catching
    {
        public void Method()
        {
            try
            {
                GC.Collect();
            }
            catch (Guest) { }
        }
    }

    public sealed class Casting
    {
        public bool Method(object guest) => guest is Guest;
    }

    public sealed class Asking
    {
        public Type Method() => typeof(Guest);
    }

    public sealed class Generic
    {
        public object Method() => Array.Empty<Guest>();
    }
}
