namespace Page.Curves;

/// <summary>What a curve is drawn along.</summary>
internal enum Axis
{
    /// <summary>Environment steps, or updates of a supervised run.</summary>
    Steps,

    /// <summary>Seconds of training: steps divided by the steps per second that the run wrote; after a resume an estimate.</summary>
    Time,
}
