using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Agents.Yaml;

/// <content>Ranges of records.</content>
internal static partial class StrictYaml
{
    /// <summary>Checks the ranges of a record and of the records in it.</summary>
    /// <exception cref="SettingsException">A value is out of range.</exception>
    public static void Validate(object? value, string path, string source)
    {
        if (value is null or YamlNode || IsScalar(value.GetType()))
        {
            return;
        }
        if (value is IParts parts)
        {
            foreach (NamedSettings part in parts.Items)
            {
                Validate(part, $"{path}{part.Name}.", source);
            }
            return;
        }
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Validate(item, path, source);
            }
            return;
        }
        foreach (RecordProperty property in Settable(value.GetType()))
        {
            object? member = property.GetValue(value);
            string key = path + PlaceOf(property, member);
            RequireRange(property, member, key, source);
            Validate(member, key + ".", source);
        }
        if (value is IValidatableObject validatable)
        {
            foreach (
                ValidationResult result in validatable.Validate(new ValidationContext(value, value.GetType().Name, null, null))
            )
            {
                string member = result.MemberNames.FirstOrDefault() is { } name ? path + Dotted(name) : path.TrimEnd('.');
                throw new SettingsException($"{source}: {member}: {result.ErrorMessage}");
            }
        }
    }

    private static void RequireRange(RecordProperty property, object? member, string key, string source)
    {
        if (
            member
            is float
                and not (>= float.MinValue and <= float.MaxValue)
                or double
                and not (>= double.MinValue and <= double.MaxValue)
        )
        {
            throw new SettingsException(
                string.Create(CultureInfo.InvariantCulture, $"{source}: {key} is {member}, but must be a finite number.")
            );
        }
        if (property.Range is { } range && member is not null && !range.IsValid(member))
        {
            throw new SettingsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source}: {key} is {member}, but must be between {Bound(range.Minimum)} and {Bound(range.Maximum)}."
                )
            );
        }
        if (member is Enum word && !Enum.IsDefined(member.GetType(), word))
        {
            string known = string.Join(", ", NamesOf(member.GetType()));
            throw new SettingsException($"{source}: {key} is {word}, but must be one of {known}.");
        }
    }

    // A record may name a member of one of its members, such as Ppo.BurnIn.
    private static string Dotted(string name) => string.Join('.', name.Split('.').Select(KeyOf));

    // Attributes hold the bounds of float settings as float64, whose digits nobody wrote.
    private static object Bound(object bound) => bound is double number ? (float)number : bound;
}
