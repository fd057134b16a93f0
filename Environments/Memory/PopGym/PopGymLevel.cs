namespace Environments.Memory.PopGym;

/// <summary>POPGym's three sizes of each task.</summary>
internal enum PopGymLevel
{
    Easy,
    Medium,
    Hard,
}
