// These tests wait for processes more than they compute: three networks at a time keep two cores busy, and not more so.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
