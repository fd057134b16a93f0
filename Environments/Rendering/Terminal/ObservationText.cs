using System.Globalization;
using System.Text;
using Environments.Spaces;

namespace Environments.Rendering.Terminal;

/// <summary>Observations as people read them, where there is no picture.</summary>
internal static class ObservationText
{
    /// <summary>Numbers of a vector on one line; rows of an array one below the other, its last axis along the line.</summary>
    public static string Format(Space space, ReadOnlySpan<float> observation)
    {
        int row = space is Box box && box.Shape.Length > 1 ? box.Shape[^1] : observation.Length;
        var text = new StringBuilder();
        for (int i = 0; i < observation.Length; i++)
        {
            text.Append(i % row == 0 ? "" : " ");
            text.Append(observation[i].ToString("0.###", CultureInfo.InvariantCulture).PadLeft(row < observation.Length ? 1 : 7));
            if ((i + 1) % row == 0)
            {
                text.Append('\n');
            }
        }
        return text.ToString();
    }
}
