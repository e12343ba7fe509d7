namespace AspireLB.Balancing.Configuring;

/// <summary>Copies options, so that a cluster can change its own without changing the defaults.</summary>
internal static class OptionsCopy
{
    /// <summary>Writes the values of one options object to another of the same type or of a base type.</summary>
    public static void Write(object source, object target)
    {
        foreach (var (name, property) in OptionsReader.Properties(target.GetType()))
        {
            var value = OptionsReader.Properties(source.GetType())[name].GetValue(source);
            if (OptionsReader.IsSection(property.PropertyType))
                Write(value!, property.GetValue(target)!);
            else
                property.SetValue(target, value is Array list ? list.Clone() : value);
        }
    }
}
