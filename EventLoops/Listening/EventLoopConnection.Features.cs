using System.Buffers;
using System.Collections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.EventLoops.Listening;

/// <content>
/// The features of a connection. The connection implements its own features, so they need no dictionary; the few that Kestrel adds are in an array.
/// </content>
internal sealed partial class EventLoopConnection
    : IFeatureCollection, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IMemoryPoolFeature, IConnectionLifetimeFeature,
        IConnectionEndPointFeature, IParkable
{
    private IDictionary<object, object?>? _items;
    private KeyValuePair<Type, object>[] _added = [];
    private int _addedCount;
    private int _revision;

    public override IFeatureCollection Features => this;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public MemoryPool<byte> MemoryPool { get; }

    public IHttpRequestFeature? Request { get; set; }

    bool IFeatureCollection.IsReadOnly => false;

    int IFeatureCollection.Revision => _revision;

    object? IFeatureCollection.this[Type key]
    {
        get => Find(key) ?? (key.IsInstanceOfType(this) && key.IsInterface ? this : null);
        set => SetFeature(key, value);
    }

    TFeature? IFeatureCollection.Get<TFeature>()
        where TFeature : default =>
        Find(typeof(TFeature)) is TFeature added ? added : this is TFeature own && typeof(TFeature).IsInterface ? own : default;

    void IFeatureCollection.Set<TFeature>(TFeature? instance)
        where TFeature : default => SetFeature(typeof(TFeature), instance);

    void IConnectionLifetimeFeature.Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application."));

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() =>
        _added.Take(_addedCount)
            .Concat(OwnFeatures.Select(type => KeyValuePair.Create(type, (object)this)))
            .DistinctBy(pair => pair.Key)
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<KeyValuePair<Type, object>>)this).GetEnumerator();

    private static IEnumerable<Type> OwnFeatures =>
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IMemoryPoolFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature),
    ];

    private object? Find(Type key)
    {
        for (var i = 0; i < _addedCount; i++)
        {
            if (_added[i].Key == key)
                return _added[i].Value;
        }

        return null;
    }

    private void SetFeature(Type key, object? value)
    {
        _revision++;
        for (var i = 0; i < _addedCount; i++)
        {
            if (_added[i].Key != key)
                continue;

            _added[i] = value is null ? _added[--_addedCount] : new(key, value);
            return;
        }

        if (value is null)
            return;
        if (_addedCount == _added.Length)
            Array.Resize(ref _added, _addedCount == 0 ? 4 : _addedCount * 2);
        _added[_addedCount++] = new(key, value);
    }
}
