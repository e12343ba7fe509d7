namespace AspireLB.Balancing.Observing;

/// <summary>Ring keeps the last <paramref name="capacity"/> items added, oldest first. Not thread-safe.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private int _next;

    public int Count { get; private set; }

    /// <summary>0 is the oldest.</summary>
    public T this[int index] => (uint)index < (uint)Count
        ? _items[(_next - Count + index + capacity) % capacity]
        : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(T item)
    {
        _items[_next] = item;
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    public T[] ToArray()
    {
        var copy = new T[Count];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = this[i];
        return copy;
    }
}
