using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Copies options, so that a cluster can change its options without changing the defaults.</summary>
internal static class OptionsCopy
{
    /// <summary>Writes the values of one options object to another of the same type or of a base type.</summary>
    public static void Write(IOptionsSection source, IOptionsSection target)
    {
        foreach (var property in target.Properties)
        {
            var value = property.Get(source);
            if (property.IsSection)
                Write((IOptionsSection)value!, (IOptionsSection)property.Get(target)!);
            else
                property.Set(target, value is Array list ? list.Clone() : value);
        }
    }
}
