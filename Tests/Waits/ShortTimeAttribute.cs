namespace Tests.Waits;

/// <summary>Lets a test name a time below two minutes, with the reason why a busy machine cannot make it fail.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class ShortTimeAttribute(string reason) : Attribute
{
    public string Reason => reason;
}
