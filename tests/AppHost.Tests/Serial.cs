// Most tests here start processes, and some check which are left; two at a time would see each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
