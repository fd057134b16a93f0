using Protos.Foreign;

namespace Learners.Data;

/// <summary>Images with their classes, as bytes. Immutable.</summary>
internal sealed class ImageSet : ISampleSet
{
    private readonly ReadOnlyMemory<byte> _pixels;
    private readonly ReadOnlyMemory<byte> _labels;

    private ImageSet(ImageSet all, int first, int count)
    {
        (Height, Width, Channels, Files) = (all.Height, all.Width, all.Channels, all.Files);
        _labels = all._labels.Slice(first, count);
        _pixels = all._pixels.Slice(first * PixelCount, count * PixelCount);
    }

    private ImageSet(IdxFile images, IdxFile labels)
    {
        (Height, Width) = (images.Shape[1], images.Shape[2]);
        Channels = images.Shape.Count == 4 ? images.Shape[3] : 1;
        (_pixels, _labels) = (images.Elements, labels.Elements);
        Files = [new(images.Path, images.Hash), new(labels.Path, labels.Hash)];
    }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>Numbers of a pixel.</summary>
    public int Channels { get; }

    /// <summary>The files that it was read from.</summary>
    public IReadOnlyList<FileSource.File> Files { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <summary>One more than the largest class.</summary>
    public int Classes
    {
        get
        {
            int largest = 0;
            foreach (byte label in _labels.Span)
            {
                largest = Math.Max(largest, label);
            }
            return largest + 1;
        }
    }

    private int PixelCount => Height * Width * Channels;

    /// <summary>Reads images and their classes.</summary>
    /// <exception cref="InvalidDataException">A file is not what it should be, or they do not fit each other.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ImageSet Read(string images, string labels)
    {
        IdxFile pixels = IdxFile.Read(images);
        IdxFile classes = IdxFile.Read(labels);
        if (pixels.Shape.Count < 3)
        {
            throw new InvalidDataException(
                $"'{ForeignText.Show(images)}' holds [{string.Join(", ", pixels.Shape)}], which are no images: [images, height, width] or [images, height, width, channels] is needed."
            );
        }
        if (classes.Shape.Count != 1 || classes.Shape[0] != pixels.Shape[0])
        {
            throw new InvalidDataException(
                $"'{ForeignText.Show(labels)}' holds [{string.Join(", ", classes.Shape)}], which is not one class for each of the {pixels.Shape[0]} images of '{ForeignText.Show(images)}'."
            );
        }
        return new ImageSet(pixels, classes);
    }

    /// <summary>Some of the images.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    public ImageSet Part(int first, int count) => new(this, first, count);

    /// <summary>Checks that other images have the shape of these.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public void RequireSameShape(ImageSet other)
    {
        if ((other.Height, other.Width, other.Channels) != (Height, Width, Channels))
        {
            throw new InvalidDataException(
                $"Images of '{ForeignText.Show(other.Files[0].Path)}' have {other.Height} × {other.Width} × {other.Channels} numbers, and those of '{ForeignText.Show(Files[0].Path)}' {Height} × {Width} × {Channels}. Both must be the same."
            );
        }
    }

    /// <inheritdoc/>
    public void Read(int index, Span<float> input, Span<float> target)
    {
        ReadOnlySpan<byte> pixels = _pixels.Span.Slice(index * PixelCount, PixelCount);
        for (int i = 0; i < pixels.Length; i++)
        {
            input[i] = pixels[i];
        }
        target[0] = _labels.Span[index];
    }
}
