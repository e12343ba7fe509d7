// Most tests here start processes, and some check which processes remain; tests running in parallel would see each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
