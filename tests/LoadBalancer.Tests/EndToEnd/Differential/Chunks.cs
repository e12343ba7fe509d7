using System.Globalization;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>A plain decoder of the chunked coding, for complete bodies.</summary>
internal static class Chunks
{
    public static string Decode(string body)
    {
        var data = new StringBuilder();
        for (var at = 0; ;)
        {
            var end = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(body[at..end].Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                return data.ToString();

            data.Append(body, end + 2, size);
            at = end + 2 + size + 2;
        }
    }
}
