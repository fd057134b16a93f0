namespace Environments.MuJoCo;

/// <summary>From where a task is drawn.</summary>
/// <param name="Distance">Metres from the point that is looked at.</param>
/// <param name="Azimuth">Direction of view in degrees about the vertical: 90 looks along +y, 0 along +x.</param>
/// <param name="Elevation">Degrees by which the view points up; −90 looks straight down.</param>
/// <param name="X">Point that is looked at, metres.</param>
/// <param name="Y">Point that is looked at, metres.</param>
/// <param name="Z">Point that is looked at, metres.</param>
/// <param name="Follows">Whether the point moves along the ground with body 1.</param>
public readonly record struct MuJoCoCamera(
    double Distance,
    double Azimuth,
    double Elevation,
    double X = 0,
    double Y = 0,
    double Z = 0,
    bool Follows = false
);
