using Environments;
using Environments.Naming;
using Environments.Remote;
using Environments.Remote.Atari;
using Environments.Spaces;
using Tests.EnvironmentTests.Remote;

namespace Tests.EnvironmentTests.Atari;

/// <summary>A game for the real emulator, written for these tests: 98 bytes of 6502 code that the emulator takes for its Tetris by the file's name.</summary>
/// <remarks>
/// Every frame: the joystick to the right adds 1 to the score (decimal, RAM 0x71 and 0x72), the button ends the game (bit 7 of RAM 0x73), and each of 192
/// lines is drawn in the colour line + score. Actions of the minimal set: 0 nothing, 1 button, 2 right, 3 left, 4 down.
/// </remarks>
internal sealed class Cartridge : IDisposable
{
    /// <summary>Action that ends the game.</summary>
    public const float Button = 1;

    /// <summary>Action that scores a point a frame.</summary>
    public const float Right = 2;

    private const string Code =
        "78d8a2ff9aa900aa9500e8d0fba9028500850285028502a9008500a9028501a2258502cad0fba9008501a2c08a65f185098502cad0f6a902"
        + "8501a21d8502cad0fbad8002300ff818a5f1690185f1a5f2690085f2d8a50c3004a98085f385024c0df8";

    private readonly TemporaryFolder _folder = new();

    public Cartridge()
    {
        var image = new byte[2_048];
        image.AsSpan().Fill(0xEA); // does nothing
        Convert.FromHexString(Code).CopyTo(image, 0);
        ((ReadOnlySpan<byte>)[0x00, 0xF8, 0x00, 0xF8]).CopyTo(image.AsSpan(^4)); // where the code begins
        File.WriteAllBytes(_folder.In("tetris.bin"), image);
        File.Copy(Path.Combine(PythonCases.Folder, "cartridge", "sitecustomize.py"), _folder.In("sitecustomize.py"));
    }

    /// <summary>Settings of a Python that plays it.</summary>
    public RemoteSettings Settings =>
        PythonCases.Settings with
        {
            PythonPath = _folder.Path + Path.PathSeparator + PythonCases.Folder,
        };

    /// <summary>Copies with our preprocessing, nothing random unless the options say so.</summary>
    public RemoteEnvironment Make(string options, int count = 1) =>
        AtariEnvironments.Make($"ALE/Tetris-v5?{options}", Settings, count);

    /// <summary>Copies as Gymnasium makes them, with arguments and wrappers.</summary>
    public RemoteEnvironment MakeRaw(string query, int count, params ReadOnlySpan<int> shape)
    {
        RemoteId id = RemoteId.Parse($"gym:ALE/Tetris-v5?{query}");
        var screen = new Box(0, 255, shape) { ElementType = ElementType.UInt8 };
        return RemoteEnvironments.Make(id, Settings, new EnvironmentSpec(id.Text, screen, new Discrete(5)), 60, count, null);
    }

    public void Dispose() => _folder.Dispose();
}
