using System.Text.Json.Nodes;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Configuring.Secrets;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// A document that was read with its secrets masked, changed and handed back: a mask that stands where it was read stands for the secret that is
/// in force there. One that stands anywhere else is an error, never a secret.
/// </summary>
internal static class KeptSecrets
{
    /// <summary>Puts secrets in place of masks.</summary>
    /// <returns>An error for each mask that stands for nothing that is known.</returns>
    public static IReadOnlyList<ConfigurationError> Restore(JsonObject document, EffectiveConfiguration inForce)
    {
        var known = ByPlace(EffectiveText.Flatten(inForce));
        var secrets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<ConfigurationError>();
        foreach (var (place, values) in ByPlace(JsonLeaves.ByKey(document)))
        {
            foreach (var (value, index) in values.Select((value, index) => (value, index)).Where(item => IsMasked(item.value)))
            {
                if (Find(known.GetValueOrDefault(place) ?? [], values.Count, index) is { } secret && secret.Shown == value.Text)
                    secrets[value.Key] = secret.Text;
                else
                    errors.Add(new(value.Key, value.Text, $"{SecretText.Mask} stands for a secret that was here before, and there was none, or it is not clear which; write it out"));
            }
        }

        foreach (var (key, leaf) in JsonLeaves.Find(document).ToList())
        {
            if (secrets.TryGetValue(key, out var secret))
                leaf.ReplaceWith(secret);
        }

        return errors;
    }

    private static bool IsMasked(Value value) => value.Shown is not null && value.Text.Contains(SecretText.Mask, StringComparison.Ordinal);

    // Where a list has been made longer or shorter, nobody can say which of several secrets for one header a mask stands for.
    private static Value? Find(List<Value> known, int number, int index) =>
        known.Count == number ? known[index]
        : known.Count > 0 && known.All(value => value.Text == known[0].Text) ? known[0]
        : null;

    // Only places that have a secret in them; a list's in its order, the others of it included.
    private static Dictionary<string, List<Value>> ByPlace(Dictionary<string, string> all) => all
        .Select(pair => (Place: SecretKeys.Place(pair.Key, all), Value: new Value(pair.Key, pair.Value, SecretKeys.Shown(pair.Key, pair.Value, all))))
        .GroupBy(item => item.Place, item => item.Value, StringComparer.OrdinalIgnoreCase)
        .Where(place => place.Any(value => value.Shown is not null))
        .ToDictionary(place => place.Key, place => place.OrderBy(value => value.Key, NaturalOrder.Instance).ToList(), StringComparer.OrdinalIgnoreCase);

    private sealed record Value(string Key, string Text, string? Shown);
}
