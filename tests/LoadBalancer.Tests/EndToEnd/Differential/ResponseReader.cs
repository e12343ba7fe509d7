using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>A client that reads responses from its connection and records what it saw, including framing and end.</summary>
internal sealed class ResponseReader(Run run, TcpClient client, CancellationToken cancellation)
{
    private const string Ended = "(connection ended)";

    private readonly NetworkStream _stream = client.GetStream();
    private readonly StringBuilder _seen = new();
    private string _unread = "";
    private bool _isEnded;

    /// <summary>Everything seen, normalized where it may differ: order of fields, chunk boundaries, dates.</summary>
    public string Seen => _seen.ToString();

    /// <summary>Whether the response is an error from the balancer, missing, or known to be incomplete.</summary>
    public bool Failed =>
        Seen.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal) || Seen.EndsWith("(broken off)", StringComparison.Ordinal) || Seen == Ended;

    public async Task SendAsync(string text)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(run.Expand(text)), cancellation);
        }
        catch (IOException)
        {
            // The response has the reason, if there is one.
        }
    }

    public void FinishSending() => client.Client.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    /// <summary>Reads one head: of an interim response, or of one whose body the client does not wait for.</summary>
    public async Task ReadInterimAsync() => _seen.Append((await ReadHeadAsync()).Split("\r\n")[0]).Append('\n');

    /// <summary>Reads one response with the interim ones before it.</summary>
    public async Task ReadResponseAsync(bool isHead)
    {
        var head = await ReadHeadAsync();
        while (head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
        {
            _seen.Append(head.Split("\r\n")[0]).Append('\n');
            head = await ReadHeadAsync();
        }

        if (head == Ended)
        {
            _seen.Append(head);
            return;
        }

        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var fields = lines[1..].Select(line => line[..line.IndexOf(':')].ToLowerInvariant() + line[line.IndexOf(':')..]).ToList();
        var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        _seen.Append(lines[0]).Append('\n');
        foreach (var field in fields.Where(field => !field.StartsWith("date:", StringComparison.Ordinal)).OrderBy(
            field => field[..field.IndexOf(':')],
            StringComparer.Ordinal))
            _seen.Append(field).Append('\n');
        _seen.Append('\n');
        if (!isHead && status is not (204 or 304))
            await ReadBodyAsync(fields);
    }

    /// <summary>Whether the connection is reusable: another request gets its own response. Otherwise returns what it gets.</summary>
    public async Task TryAnotherAsync()
    {
        await SendAsync("GET /after HTTP/1.1\r\n@X-After: 1\r\n\r\n");
        await FillUntilAsync(() => _unread.EndsWith("AFTER", StringComparison.Ordinal) || IsBalancersError(_unread));
        var isAnswer = _unread.StartsWith(
            "HTTP/1.1 200 OK\r\n",
            StringComparison.Ordinal) && _unread.EndsWith("\r\n\r\nAFTER", StringComparison.Ordinal);
        _seen.Append(isAnswer ? "\n(kept)" : _unread.Length == 0 ? "\n(closed)" : $"\n(then: {_unread})");
    }

    /// <summary>Whether this is a complete response of the balancer itself, which has no body here.</summary>
    private static bool IsBalancersError(string text) =>
        text.StartsWith("HTTP/1.1 5", StringComparison.Ordinal) && text.EndsWith("\r\n\r\n", StringComparison.Ordinal);

    private async Task ReadBodyAsync(List<string> fields)
    {
        var length = fields.Find(field => field.StartsWith("content-length:", StringComparison.Ordinal))?.Split(':')[1];
        if (length is not null)
        {
            var count = int.Parse(length, CultureInfo.InvariantCulture);
            await FillUntilAsync(() => _unread.Length >= count);
            Take(Math.Min(count, _unread.Length), isWhole: _unread.Length >= count);
        }
        else if (fields.Contains("transfer-encoding: chunked"))
        {
            await FillUntilAsync(() => _unread.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
            var isWhole = _unread.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
            if (isWhole)
                _unread = Chunks.Decode(_unread);
            else
                _unread = "";
            Take(_unread.Length, isWhole);
        }
        else
        {
            await FillUntilAsync(() => false);
            Take(_unread.Length, isWhole: true);
        }
    }

    private void Take(int count, bool isWhole)
    {
        // How much of an aborted body arrives depends on timing.
        if (isWhole)
            _seen.Append(_unread, 0, count);
        _unread = _unread[count..];
        _seen.Append(isWhole ? "\n(whole)" : "\n(broken off)");
    }

    private async Task<string> ReadHeadAsync()
    {
        await FillUntilAsync(() => _unread.Contains("\r\n\r\n", StringComparison.Ordinal));
        var end = _unread.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return _unread.Length == 0 ? Ended : throw new IOException($"Half a head: {_unread}");

        var head = _unread[..end];
        _unread = _unread[(end + 4)..];
        return head;
    }

    private async Task FillUntilAsync(Func<bool> isEnough)
    {
        var buffer = new byte[64 * 1024];
        while (!_isEnded && !isEnough())
        {
            try
            {
                var read = await _stream.ReadAsync(buffer, cancellation);
                _isEnded = read == 0;
                _unread += Encoding.Latin1.GetString(buffer, 0, read);
            }
            catch (IOException)
            {
                _isEnded = true;
            }
        }
    }
}
