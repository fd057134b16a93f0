using System.ComponentModel.DataAnnotations;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>The class of an image, of files of the user's own in the IDX format, as MNIST's; those whose name ends in <c>.gz</c> are unpacked.</summary>
internal sealed record ImagesTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "images";

    /// <inheritdoc/>
    public override string Description => "the class of an image, of IDX files of your own (images.images, images.labels)";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 2000
            batch_size: 64
            learning_rate: 1e-3
            """;

    /// <summary>File of the images: bytes, <c>[images, height, width]</c> or <c>[images, height, width, channels]</c>.</summary>
    public string Images { get; init; } = "";

    /// <summary>File of their classes: bytes, <c>[images]</c>.</summary>
    public string Labels { get; init; } = "";

    /// <summary>File of images to judge by.</summary>
    /// <value>Empty, the default, holds out the last of <see cref="Images"/>.</value>
    public string TestImages { get; init; } = "";

    /// <summary>File of the classes of <see cref="TestImages"/>.</summary>
    public string TestLabels { get; init; } = "";

    /// <summary>Share of the images, from the end, that is judged by and not learned from, where there are no images for that.</summary>
    /// <value>0.001 to 0.9. Default 0.1.</value>
    [Range(0.001, 0.9)]
    public double HeldOut { get; init; } = 0.1;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context)
    {
        if (Images.Length == 0 || Labels.Length == 0 || TestImages.Length == 0 != (TestLabels.Length == 0))
        {
            throw new Agents.Yaml.SettingsException(
                "The task images needs files of images and of labels: give images.images and images.labels, and for a test set both images.test_images and images.test_labels."
            );
        }
        ImageSet all = ImageSet.Read(Images, Labels);
        ImageSet training = all;
        ImageSet test;
        if (TestImages.Length > 0)
        {
            test = ImageSet.Read(TestImages, TestLabels);
            all.RequireSameShape(test);
        }
        else
        {
            if (all.Count < 2)
            {
                throw new InvalidDataException(
                    $"'{Images}' holds {all.Count} images; at least 2 are needed, one to learn from and one to judge by."
                );
            }
            int heldOut = Math.Clamp((int)(all.Count * HeldOut), 1, all.Count - 1);
            (training, test) = (all.Part(0, all.Count - heldOut), all.Part(all.Count - heldOut, heldOut));
        }
        int classes = Math.Max(training.Classes, test.Classes);
        var form = new DataForm(
            new Box(0, 255, [all.Height, all.Width, all.Channels]) { ElementType = ElementType.UInt8 },
            new ClassTargets(classes),
            Steps: 1
        );
        FileSource.File[] files = [.. all.Files.Union(test.Files)];
        return new FileSource(new ShuffledSource(form, training, test, context), files);
    }
}
