using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>Marks a class whose settable properties are options. A generator lists its properties, so that no reader needs reflection.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OptionsSectionAttribute : Attribute;

/// <summary>A section of options, which knows its own properties.</summary>
internal interface IOptionsSection
{
    /// <summary>The options, those of the base class first.</summary>
    IReadOnlyList<OptionProperty> Properties { get; }
}

/// <summary>One option of a section.</summary>
/// <param name="Name">Its name, which is its key in configuration.</param>
/// <param name="Type">Type of its value.</param>
/// <param name="Get">Reads it from a section.</param>
/// <param name="Set">Sets it on a section.</param>
/// <param name="Rules">What its value must obey.</param>
/// <param name="IsPassword">Whether its value is a secret, never to be shown.</param>
/// <param name="Summary">What it does, as its documentation says.</param>
internal sealed record OptionProperty(
    string Name, Type Type, Func<object, object?> Get, Action<object, object?> Set, ValidationAttribute[] Rules, bool IsPassword, string Summary)
{
    /// <summary>Whether the option is a section of its own.</summary>
    public bool IsSection => Type.IsClass && Type != typeof(string) && !Type.IsArray;
}
