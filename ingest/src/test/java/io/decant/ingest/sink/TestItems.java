package io.decant.ingest.sink;

/** What a receiver in a test says of each record. */
public final class TestItems {

    private TestItems() {}

    public static Items of(int... statuses) {
        Items.Builder items = new Items.Builder();
        for (int i = 0; i < statuses.length; i++) {
            items.add(statuses[i], "said of " + i);
        }
        return items.build();
    }
}
