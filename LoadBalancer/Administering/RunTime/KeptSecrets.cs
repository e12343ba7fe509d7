using System.Text.Json.Nodes;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Configuring.Secrets;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Restores the secrets of a document that was read with its secrets masked, edited and submitted: a mask in its original place stands for the
/// secret in effect there. A mask anywhere else is an error and never becomes a secret.
/// </summary>
internal static class KeptSecrets
{
    /// <summary>Replaces masks by secrets.</summary>
    /// <returns>An error for each mask that does not stand for a known secret.</returns>
    public static IReadOnlyList<ConfigurationError> Restore(JsonObject document, EffectiveConfiguration inEffect)
    {
        var known = ByPlace(EffectiveText.Flatten(inEffect));
        var secrets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<ConfigurationError>();
        foreach (var (place, values) in ByPlace(JsonLeaves.ByKey(document)))
        {
            foreach (var (value, index) in values.Select((value, index) => (value, index)).Where(item => IsMasked(item.value)))
            {
                if (Find(known.GetValueOrDefault(place) ?? [], values.Count, index) is { } secret && secret.Shown == value.Text)
                    secrets[value.Key] = secret.Text;
                else
                {
                    errors.Add(new(
                        value.Key,
                        value.Text,
                        $"{SecretText.Mask} stands for the secret that was here before, but there was none or several are possible; write it out"));
                }
            }
        }

        foreach (var (key, leaf) in JsonLeaves.Find(document).ToList())
        {
            if (secrets.TryGetValue(key, out var secret))
                JsonLeaves.Replace(leaf, secret);
        }

        return errors;
    }

    private static bool IsMasked(Value value) => value.Shown is not null && value.Text.Contains(SecretText.Mask, StringComparison.Ordinal);

    // When a list has become longer or shorter, a mask is ambiguous if one header had several secrets.
    private static Value? Find(List<Value> known, int number, int index) =>
        known.Count == number ? known[index]
        : known.Count > 0 && known.All(value => value.Text == known[0].Text) ? known[0]
        : null;

    // Only places that contain a secret; each with all its values, in the order of the list.
    private static Dictionary<string, List<Value>> ByPlace(Dictionary<string, string> all) => all
        .Select(pair => (Place: SecretKeys.Place(pair.Key, all), Value: new Value(pair.Key, pair.Value, SecretKeys.Shown(pair.Key, pair.Value, all))))
        .GroupBy(item => item.Place, item => item.Value, StringComparer.OrdinalIgnoreCase)
        .Where(place => place.Any(value => value.Shown is not null))
        .ToDictionary(
            place => place.Key,
            place => place.OrderBy(value => value.Key, NaturalOrder.Instance).ToList(),
            StringComparer.OrdinalIgnoreCase);

    private sealed record Value(string Key, string Text, string? Shown);
}
